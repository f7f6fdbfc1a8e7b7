// What two officers take over into Knowledge: rewritten, and no day closer than its month.
import { dayAfter } from "./desk-days.js";

export const WAIT_DAYS = 7;
export const earliestDay = (thread) => dayAfter(thread.sent.at(-1).day, WAIT_DAYS);

const ENGLISH = "January|February|March|April|May|June|July|August|September|October|November|December";
const RUSSIAN = "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря";
const DAY = "(?:0?[1-9]|[12][0-9]|3[01])";
const MONTH = "(0?[1-9]|1[0-2])";

// Days become months, in the four languages of the Corner; places a reader has to find.
const RULES = [
  [new RegExp(`\\b(\\d{4})-(\\d{2})-\\d{2}\\b`, "g"), "$1-$2"],
  [new RegExp(`\\b${DAY}([./-])${MONTH}\\1(\\d{4})\\b`, "g"), "$2/$3"],
  [new RegExp(`(\\d{4})\\s*年\\s*(\\d{1,2})\\s*月\\s*\\d{1,2}\\s*[日号]`, "g"), "$1年$2月"],
  [new RegExp(`(\\d{1,2})\\s*月\\s*\\d{1,2}\\s*[日号]`, "g"), "$1月"],
  [new RegExp(`ngày\\s+(?:mùng\\s+|mồng\\s+)?${DAY}\\s+tháng\\s+`, "giu"), "tháng "],
  [new RegExp(`ngày\\s+${DAY}/${MONTH}(?!/|\\d)`, "giu"), "tháng $1"],
  [new RegExp(`\\b${DAY}(?:st|nd|rd|th)?(?:\\s+of)?\\s+(${ENGLISH})\\b`, "gi"), "$1"],
  [new RegExp(`\\b(${ENGLISH})\\s+${DAY}(?:st|nd|rd|th)?(?=\\b)(?:,\\s*(\\d{4}))?`, "gi"), (whole, month, year) => (year ? `${month} ${year}` : month)],
  [new RegExp(`(?<![\\p{L}\\d])${DAY}\\s+(${RUSSIAN})(?!\\p{L})`, "giu"), "$1"],
];

export const withMonthsOnly = (text) => RULES.reduce((kept, [pattern, by]) => kept.replace(pattern, by), text);
