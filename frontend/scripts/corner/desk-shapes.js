// What may stand in an envelope that somebody else has sealed. Whoever seals writes what they like, so
// whatever has another form is dropped before the desk counts it or shows it.
import { bech32 } from "@scure/base";
import { TOPICS } from "./envelope.js";

const KINDS = ["ask", "follow-up", "complaint", "cover"];
const LANGUAGES = ["en", "vi", "zh-hans", "ru"];

const isText = (one) => typeof one === "string";
const isList = (one) => Array.isArray(one) && one.every(isText);
const isHex = (one) => isText(one) && /^[0-9a-f]{32}$/.test(one);
const isKeys = (one) => Array.isArray(one) && one.every(isHex);
const isMonth = (one) => isText(one) && /^20\d{2}-(0[1-9]|1[0-2])$/.test(one);
const isDay = (one) => isText(one) && /^20\d{2}-\d{2}-\d{2}$/.test(one) && !Number.isNaN(Date.parse(`${one}T00:00:00Z`));
const isMoment = (one) => isText(one) && /^20\d{2}-\d{2}-\d{2}T/.test(one) && isDay(one.slice(0, 10));
const orNothing = (holds) => (one) => one === undefined || holds(one);

// Also its last signs, which find a slip of the pen, are right.
function isRecipient(one) {
  if (!isText(one) || !/^age1[02-9ac-hj-np-z]{58}$/.test(one)) return false;
  try {
    return bech32.decodeToBytes(one).bytes.length === 32;
  } catch {
    return false;
  }
}

export const isQuestion = (one) =>
  one?.v === 1 && KINDS.includes(one.kind) && isHex(one.thread) && TOPICS.includes(one.topic) &&
  LANGUAGES.includes(one.language) && typeof one.consent === "boolean" && isText(one.text) &&
  (one.kind === "cover") === (one.text === "") && isRecipient(one.reply_to);

const AMONG_OFFICERS = {
  assign: { thread: isHex, to: isText },
  draft: { thread: isHex, id: isText, before: orNothing(isText), text: isText, keys: isKeys, second: isText, epoch: isText, seed: isText, signature: isText },
  note: { thread: isHex, text: isText, day: isDay },
  close: { thread: isHex, keys: isKeys, text: isText, day: isDay },
  done: { keys: isKeys, epoch: isMonth, first: isText, signature: isText },
  seen: { keys: isKeys, day: isDay },
  sent: { thread: isHex, draft: isText, text: isText, officers: isList, keys: isKeys, day: isDay },
  return: { thread: isHex, draft: isText, text: isText, day: isDay },
  unopened: { keys: isKeys },
  copy: { of: (one) => one === "posting" || one === "blob", key: orNothing(isHex), epoch: orNothing(isMonth) },
};

// What officers tell each other, as far as its form goes; who signed it is looked at elsewhere.
export function isOfOfficers(body) {
  const fields = body?.v === 1 && isText(body.kind) && Object.hasOwn(AMONG_OFFICERS, body.kind) && AMONG_OFFICERS[body.kind];
  return Boolean(fields) && isText(body.by) && isMoment(body.at) && Number.isInteger(body.roster) &&
    Object.entries(fields).every(([name, holds]) => holds(body[name]));
}
