// Threads from what was opened: pure, nothing here asks the server or touches the page.
import { bytesOf, hex, sha256 } from "./common.js";
import { monthOf, monthsBefore, PROMISED } from "./desk-days.js";

const REAL = new Set(["ask", "follow-up", "complaint"]);
export const isReal = ({ question }) => REAL.has(question.kind);

const byMoment = (one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0);

// What was re-sealed for a new roster stands for what it was; of the same thing, one is enough.
export function merged({ postings, blobs }) {
  const posted = new Map();
  const told = new Map();
  for (const { key, epoch, question } of postings) if (question) posted.set(key, { key, epoch, question });
  for (const { key, body } of blobs) {
    if (body.kind !== "copy") told.set(body.mark, { key, body });
    else if (body.of === "posting" && !posted.has(body.key)) posted.set(body.key, { key: body.key, epoch: body.epoch, question: body.body });
    else if (body.of === "blob" && !told.has(body.body.mark)) told.set(body.body.mark, { key, body: body.body });
  }
  return { postings: [...posted.values()], told: [...told.values()].map(({ body }) => body).sort(byMoment) };
}

// The day on which a posting was first seen by any officer's browser.
export function firstSeen(told) {
  const days = new Map();
  for (const { kind, keys, day } of told) {
    if (kind !== "seen") continue;
    for (const key of keys) if (!days.has(key) || day < days.get(key)) days.set(key, day);
  }
  return days;
}

// The day on which a posting was answered.
function answeredOn(told) {
  const days = new Map();
  for (const { kind, keys, day } of told) {
    if (kind === "sent") for (const key of keys) if (!days.has(key) || day < days.get(key)) days.set(key, day);
  }
  return days;
}

// The answer that is being written: a draft, one that was sent back, or nothing. Which draft comes after
// which is told by the drafts themselves: officers' clocks do not agree to the minute. Of one that was sent twice the later counts, of the same
// moment the one that is to be approved.
function answerOf(told) {
  const written = told.filter(({ kind }) => kind === "draft").sort((one, other) => byMoment(one, other) || one.seed.length - other.seed.length);
  const drafts = [...new Map(written.map((one) => [one.id, one])).values()];
  const replaced = new Set(drafts.map(({ before }) => before));
  const of = (kind) => new Map(told.filter((one) => one.kind === kind).map((one) => [one.draft, one]));
  const [sent, back] = [of("sent"), of("return")];
  const draft = drafts.filter(({ id }) => !replaced.has(id) && !sent.has(id)).at(-1) ?? null;
  return { draft, returned: (draft && back.get(draft.id)) ?? null };
}

// Sealed to a roster that is no longer in force, or two months ago: the words are kept, the seal is not.
const isStale = ({ seed, roster, epoch }, number, today) =>
  seed !== "" && (roster !== number || epoch > monthOf(today) || epoch < monthsBefore(monthOf(today), 1));

function stateOf({ closed, returned, draft, stale, waiting, assigned }) {
  if (closed) return "closed";
  if (returned) return "returned";
  if (draft?.seed && !stale) return "toApprove";
  if (draft) return "draft";
  if (!waiting.length) return "answered";
  return assigned ? "assigned" : "open";
}

function threadOf(id, postings, told, { today, calendar, number, seen, answered }) {
  const last = (kind) => told.filter((one) => one.kind === kind).at(-1);
  const closes = told.filter(({ kind }) => kind === "close");
  const whole = closes.filter(({ keys }) => postings.every(({ key }) => keys.includes(key)));
  const closedKeys = new Set(closes.flatMap(({ keys }) => keys));
  const waiting = postings.filter(({ key }) => !answered.has(key) && !closedKeys.has(key)).map(({ key }) => key);
  const { draft, returned } = answerOf(told);
  const days = Math.max(0, ...waiting.map((key) => calendar.since(seen.get(key) ?? today, today)));
  const thread = {
    id,
    postings: postings.map((one) => ({ ...one, seen: seen.get(one.key) ?? today, answered: answered.get(one.key) ?? "" })),
    topic: postings[0].question.topic,
    language: postings[0].question.language,
    complaint: postings.some(({ question }) => question.kind === "complaint"),
    consent: postings[0].question.kind === "ask" && postings[0].question.consent === true,
    replyTo: postings.at(-1).question.reply_to,
    assigned: last("assign")?.to ?? "",
    told,
    draft,
    returned,
    stale: draft !== null && isStale(draft, number, today),
    sent: told.filter(({ kind }) => kind === "sent"),
    waiting,
    // A follow-up that came after it opens the thread again.
    closed: whole[0] ?? null,
    closers: new Set(whole.map(({ by }) => by)),
    days,
    overdue: waiting.length > 0 && days > PROMISED,
  };
  return { ...thread, state: stateOf(thread) };
}

// What waits comes first, and of that what has waited longest.
const byUrgency = (one, other) =>
  Number(other.waiting.length > 0) - Number(one.waiting.length > 0) || other.days - one.days || (one.id < other.id ? -1 : 1);

// Name and key of a thread are made from one receipt. Who posts into it with another key has only heard
// its name, officers may: what they say stands by itself, and takes no answer away from the asker.
export const besideOf = (thread, replyTo) => hex(sha256(bytesOf(`${thread} ${replyTo}`))).slice(0, 32);

const PLACE = { ask: 0, "follow-up": 1, complaint: 2 };

export function threadsOf({ postings, told }, { today, calendar, number }) {
  const shared = { today, calendar, number, seen: firstSeen(told), answered: answeredOn(told) };
  const day = ({ key }) => shared.seen.get(key) ?? today;
  const inOrder = (one, other) =>
    day(one).localeCompare(day(other)) || PLACE[one.question.kind] - PLACE[other.question.kind];
  const groups = new Map();
  const owners = new Map();
  for (const posting of postings.filter(isReal).sort(inOrder)) {
    const { thread, reply_to: replyTo } = posting.question;
    if (!owners.has(thread)) owners.set(thread, replyTo);
    const id = owners.get(thread) === replyTo ? thread : besideOf(thread, replyTo);
    groups.set(id, [...(groups.get(id) ?? []), posting]);
  }
  return [...groups]
    .map(([id, list]) => threadOf(id, list, told.filter((one) => one.thread === id), shared))
    .sort(byUrgency);
}

// For each month of tokens: what was read, answered within the time promised, and not.
export function countersOf({ postings, told }, { today, calendar, epochs }) {
  const seen = firstSeen(told);
  const answered = answeredOn(told);
  const counters = Object.fromEntries(epochs.map((epoch) => [epoch, { real: 0, answered: 0, overdue: 0 }]));
  for (const { key, epoch } of postings.filter(isReal)) {
    const count = counters[epoch];
    if (!count) continue;
    const days = calendar.since(seen.get(key) ?? today, answered.get(key) ?? today);
    count.real += 1;
    if (days > PROMISED) count.overdue += 1;
    else if (answered.has(key)) count.answered += 1;
  }
  return counters;
}
