// What may give the writer away: names, places, posts, dates, numbers. They are looked for here and
// nowhere else; nothing of the text leaves the page. Better a mark too many than one too few.

const WORDS = {
  date: [
    "January|February|March|April|June|July|August|September|October|November|December",
    "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Christmas|Easter",
    "[Tt]háng (?:giêng|chạp|một|hai|ba|tư|năm|sáu|bảy|tám|chín|mười(?: một| hai)?|\\d{1,2})",
    "[Tt]hứ (?:hai|ba|tư|năm|sáu|bảy)|[Cc]hủ nhật|Tết",
    "[Яя]нвар[ьея]|[Фф]еврал[ьея]|[Мм]арт[ае]?|[Аа]прел[ьея]|[Мм]а[йея]|[Ии]юн[ьея]|[Ии]юл[ьея]|[Аа]вгуст[ае]?",
    "[Сс]ентябр[ьея]|[Оо]ктябр[ьея]|[Нн]оябр[ьея]|[Дд]екабр[ьея]",
    "[Пп]онедельник|[Вв]торник|[Сс]ред[ауы]|[Чч]етверг|[Пп]ятниц[ауы]|[Сс]уббот[ауы]|[Вв]оскресень[ея]",
    "\\d{1,4}[./-]\\d{1,2}(?:[./-]\\d{2,4})?",
  ],
  post: [
    "(?:[Vv]ice[- ]|[Dd]eputy )?(?:[Cc]hair(?:man|woman|person)?|[Ss]ecretary|[Dd]irector|[Pp]resident|[Cc]hief)",
    "[Hh]ead of the \\p{L}+|[Ii]nspector|[Aa]ccountant|[Tt]reasurer|[Hh]eadmaster|[Mm]ayor",
    "(?:[Pp]hó )?(?:[Cc]hủ tịch|[Bb]í thư|[Cc]hủ nhiệm|[Gg]iám đốc|[Hh]iệu trưởng|[Kk]ế toán|[Tt]hủ quỹ|[Tt]hanh tra)",
    "(?:[Pp]hó )?[Tt]rưởng (?:ấp|thôn|xóm|phòng|ban|khu phố|công an)",
    "[Пп]редседател\\p{L}+|[Сс]екретар\\p{L}+|[Дд]иректор\\p{L}*|[Нн]ачальник\\p{L}*",
    "[Гг]лав(?:а|ы|е|у|ой) \\p{L}+|[Бб]ухгалтер\\p{L}*|[Ии]нспектор\\p{L}*|[Зз]аместител\\p{L}+",
  ],
};

// Chinese sets no blank between words.
const CHINESE = {
  date: "(?:十[一二]?|[一二三四五六七八九]|\\d{1,2})月(?:份|[一二三四五六七八九十\\d]{1,3}[日号])?|(?:星期|礼拜)[一二三四五六日天]|春节",
  post: "副?(?:书记|主任|主席|镇长|乡长|村长|县长|市长|区长|局长|科长|处长|校长|所长|会计|出纳)",
  name: "[\\u4e00-\\u9fff]{2,3}(?:省|市|县|镇|乡|街道|村委会|居委会)",
};

const alone = (words) => new RegExp(`(?<![\\p{L}\\p{M}\\p{N}])(?:${words.join("|")})(?![\\p{L}\\p{M}\\p{N}])`, "gu");

const FINDERS = [
  ["date", alone(WORDS.date)],
  ["date", new RegExp(CHINESE.date, "gu")],
  ["post", alone(WORDS.post)],
  ["post", new RegExp(CHINESE.post, "gu")],
  ["name", new RegExp(CHINESE.name, "gu")],
  ["number", /\p{N}(?:[\p{N}.,\u00a0\u202f]*\p{N})?/gu],
];

// Words that begin large in the midst of a sentence are names in most languages; several in a row are one.
const LARGE = /\p{Lu}[\p{L}\p{M}’'-]*(?:[ \u00a0]+\p{Lu}[\p{L}\p{M}’'-]*)*/gu;
const BEGINS = /(?:^|[.!?…:;。！？"“«(–—-]|\n)\s*$/u;
const MYSELF = /^I(?:['’](?:m|ve|d|ll))?$/u;

// The first word of a sentence is large anyhow: alone it says nothing.
function* names(text) {
  for (const match of text.matchAll(LARGE)) {
    let [words] = match;
    if (BEGINS.test(text.slice(0, match.index))) words = words.replace(/^\S+[ \u00a0]*/u, "");
    words = words.replace(/^I[ \u00a0]+/u, "");
    if (words.length < 2 || MYSELF.test(words)) continue;
    const to = match.index + match[0].length;
    yield [to - words.length, to];
  }
}

// What in a text may give its writer away, in order, none over another: [{kind, from, to, text}].
export function findings(text) {
  const found = [];
  let rest = text;
  const add = (kind, from, to) => {
    found.push({ kind, from, to, text: text.slice(from, to) });
    rest = rest.slice(0, from) + "x".repeat(to - from) + rest.slice(to);
  };
  for (const [kind, pattern] of FINDERS) {
    for (const match of [...rest.matchAll(pattern)]) add(kind, match.index, match.index + match[0].length);
  }
  for (const [from, to] of [...names(rest)]) add("name", from, to);
  return found.sort((one, other) => one.from - other.from);
}
