// The box in which a question is written: counts its signs, and marks what may give the writer away.
import { filled, one } from "./common.js";
import { findings } from "./checklist.js";
import { mistake, show, words } from "./page.js";

const SMALL = 900;
const LONGEST = 4000;
const CALM = 300;

// Signs as readers count them, without those that cannot be seen.
export function cleaned(text) {
  return text
    .replace(/\r\n?/g, "\n")
    .replaceAll("\t", " ")
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, "")
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "")
    .normalize("NFC")
    .trim();
}

const sameWords = (found) => found.map((one) => `${one.kind} ${one.text}`).join("\n");

export function writing(root) {
  const text = one("textarea", root);
  const marks = one("[data-marks]", root);
  const counter = one("[data-counter]", root);
  const long = one("[data-long]", root);
  const box = one("[data-warning]", root);
  const kinds = one("[data-kinds]", box);
  const said = words();
  let left = new Set();
  let timer = 0;

  const open = () => findings(text.value).filter((one) => !left.has(`${one.kind} ${one.text}`));

  // The same text lies behind the box; only its marks are seen.
  function mark(found) {
    const parts = [];
    let at = 0;
    for (const { from, to } of found) {
      const place = document.createElement("mark");
      place.textContent = text.value.slice(from, to);
      parts.push(text.value.slice(at, from), place);
      at = to;
    }
    marks.replaceChildren(...parts, `${text.value.slice(at)}\n`);
    marks.scrollTop = text.scrollTop;
  }

  function warn(found) {
    const lines = ["name", "post", "date", "number"]
      .map((kind) => [kind, [...new Set(found.filter((one) => one.kind === kind).map((one) => one.text))]])
      .filter(([, texts]) => texts.length)
      .map(([kind, texts]) => {
        const line = document.createElement("li");
        line.textContent = filled(said[kind], { words: texts.slice(0, 6).join(", ") });
        return line;
      });
    if (sameWords(found) !== kinds.dataset.shown) {
      kinds.replaceChildren(...lines);
      kinds.dataset.shown = sameWords(found);
    }
    show(box, found.length > 0);
  }

  function count() {
    const signs = [...cleaned(text.value)].length;
    counter.textContent = filled(said.counter, { count: signs, limit: signs > SMALL ? LONGEST : SMALL });
    show(long, signs > SMALL);
    return signs;
  }

  function look() {
    const found = open();
    mark(found);
    warn(found);
  }

  text.addEventListener("input", () => {
    count();
    mark(open());
    clearTimeout(timer);
    timer = setTimeout(look, CALM);
    mistake(text, "");
  });
  text.addEventListener("scroll", () => (marks.scrollTop = text.scrollTop));
  one("[data-change]", box).addEventListener("click", () => {
    const [first] = open();
    text.focus();
    if (first) text.setSelectionRange(first.from, first.to);
  });
  one("[data-leave]", box).addEventListener("click", () => {
    left = new Set(findings(text.value).map((one) => `${one.kind} ${one.text}`));
    look();
    text.focus();
  });
  count();

  return {
    text: () => cleaned(text.value),
    // True when it may be sealed; else says what is wrong, and brings the reader there.
    ready() {
      clearTimeout(timer);
      const signs = count();
      if (!signs || signs > LONGEST) {
        mistake(text, signs ? said.tooLong : said.nothing);
        text.focus();
        return false;
      }
      look();
      if (open().length) {
        one("[data-change]", box).focus();
        box.scrollIntoView({ block: "center" });
        return false;
      }
      return true;
    },
    wipe() {
      text.value = "";
      left = new Set();
      count();
      look();
    },
    focus: () => text.focus(),
  };
}
