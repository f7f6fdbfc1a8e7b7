// The inbox: everything is fetched, what can be opened is opened here, nothing is written down.
import { monthOf, monthsBefore } from "./desk-days.js";
import { opener, unpadded } from "./envelope.js";
import { keysOf } from "./desk-roster.js";
import { isOfOfficers, isQuestion } from "./desk-shapes.js";
import { holds } from "./trust.js";
import { bytesOf, canonical } from "./common.js";
import * as server from "./desk-server.js";
import { besideOf, firstSeen, isReal, merged } from "./desk-threads.js";

function whole(bytes) {
  try {
    return unpadded(bytes);
  } catch {
    return null;
  }
}

// Written and signed by somebody who is or was on the roster; a copy by somebody who is.
export function isTold(rosters, body) {
  if (!isOfOfficers(body)) return false;
  const { mark, ...told } = body;
  let bytes;
  try {
    bytes = bytesOf(canonical(told));
  } catch {
    return false; // nested deeper than anybody writes
  }
  if (!keysOf(rosters, body.by).some((key) => holds("blob", bytes, mark, key))) return false;
  if (body.kind !== "copy") return true;
  if (body.of === "posting") return Boolean(body.key && body.epoch) && isQuestion(body.body);
  return body.body?.kind !== "copy" && isTold(rosters, body.body);
}

// What lies on the server, opened as far as these keys open it.
export async function fetchAll({ identities, rosters }) {
  const [posted, told] = await Promise.all([server.postings(), server.blobs()]);
  const opened = await opener(identities);
  const postings = [];
  for (const { key, epoch, sealed } of posted) {
    const bytes = await opened(sealed);
    const question = bytes && whole(bytes);
    postings.push({ key, epoch, question: isQuestion(question) ? question : null, locked: bytes === null });
  }
  const blobs = [];
  const locked = [];
  for (const { key, sealed } of told) {
    const bytes = await opened(sealed);
    const body = bytes && whole(bytes);
    if (bytes === null) locked.push(key);
    else if (isTold(rosters, body)) blobs.push({ key, body });
  }
  return { postings, blobs, locked };
}

// The supervisor opens complaints alone; whatever else opens is left out.
export const complaintsOf = ({ postings }) =>
  postings.filter(({ question }) => question?.kind === "complaint");

// Postings that nobody's browser has read before this one.
export function unseen({ postings, blobs }) {
  const both = merged({ postings, blobs });
  const seen = firstSeen(both.told);
  return both.postings.filter((one) => isReal(one) && !seen.has(one.key));
}

// What this browser cannot open and nobody has sealed again for the present roster.
export function missing({ postings, blobs, locked }, roster) {
  const copied = new Set(blobs.filter(({ body }) => body.kind === "copy" && body.of === "posting").map(({ body }) => body.key));
  const wanted = postings.filter(({ key, locked: shut }) => shut && !copied.has(key)).map(({ key }) => key);
  const asked = new Set(blobs.filter(({ body }) => body.kind === "unopened" && body.roster === roster.number).flatMap(({ body }) => body.keys));
  return { wanted, unasked: wanted.filter((key) => !asked.has(key)), locked };
}

// What a new roster cannot open yet and this browser can: postings read under an older version or
// asked for by a colleague, and everything the officers told each other before.
export function toReseal({ postings, blobs }, roster) {
  const both = merged({ postings, blobs });
  const now = roster.number;
  const copied = new Set(
    blobs.filter(({ body }) => body.kind === "copy" && body.of === "posting" && body.roster === now).map(({ body }) => body.key));
  const asked = new Set(
    blobs.filter(({ body }) => body.kind === "unopened" && body.roster === now).flatMap(({ body }) => body.keys));
  const readBefore = new Set(both.told.filter(({ kind, roster: then }) => kind === "seen" && then < now).flatMap(({ keys }) => keys));
  const there = new Set(postings.map(({ key }) => key));
  const old = blobs.filter(({ body }) => body.roster < now);
  const marks = new Set(
    blobs.filter(({ body }) => body.roster === now).map(({ body }) => (body.kind === "copy" && body.of === "blob" ? body.body.mark : body.mark)));
  return {
    postings: both.postings.filter(({ key }) => there.has(key) && !copied.has(key) && (asked.has(key) || readBefore.has(key))),
    told: both.told.filter((body) => body.kind !== "unopened" && body.roster < now && !marks.has(body.mark)),
    old: old.map(({ key }) => key),
  };
}

// Covers of months whose tokens can no longer be spent: until then the server is not told which they are.
const oldCovers = ({ postings }, today) =>
  postings.filter(({ epoch, question }) => question?.kind === "cover" && epoch < monthsBefore(monthOf(today), 1)).map(({ key }) => key);

// Postings that this officer says are done with: old covers, and what they closed themselves.
export function agreed({ postings, blobs }, { bundle, today }) {
  const there = new Set(postings.map(({ key }) => key));
  const both = merged({ postings, blobs });
  const closed = both.told.filter(({ kind, by }) => kind === "close" && by === bundle.code).flatMap(({ keys }) => keys);
  return [...oldCovers({ postings }, today), ...closed.filter((key) => there.has(key))];
}

// Blobs about postings that the server no longer keeps: their time is over as well.
export function outlived({ postings, blobs }) {
  const there = new Set(postings.map(({ key }) => key));
  const both = merged({ postings, blobs });
  const names = ({ question: { thread, reply_to: replyTo } }) => [thread, besideOf(thread, replyTo)];
  const living = new Set(both.postings.filter(({ key }) => there.has(key)).flatMap(names));
  const gone = ({ body }) => {
    if (body.kind === "copy" && body.of === "posting") return !there.has(body.key);
    const told = body.kind === "copy" ? body.body : body;
    if (["seen", "unopened", "done"].includes(told.kind)) return told.keys.every((key) => !there.has(key));
    return !living.has(told.thread);
  };
  return blobs.filter(gone).map(({ key }) => key);
}
