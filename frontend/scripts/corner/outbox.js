// Sealed questions that wait on this device for their moment, and their posting.
import { b64, fetched, hex, random, randomBelow } from "./common.js";
import { padded, seal } from "./envelope.js";
import { newIdentity, recipientOf } from "./receipt.js";
import { left, readSlots, spend } from "./slots.js";

const OUTBOX = "footpath:corner:outbox";
const STRANDED = "footpath:corner:stranded";
const COVER = "footpath:corner:cover";
const HOUR = 3600 * 1000;
const WITHIN = 72 * HOUR;
const AGAIN = 6 * HOUR;
const TRIES = 4;
const STRANDED_FOR = 60 * 24 * HOUR;

function read(where = OUTBOX) {
  try {
    return JSON.parse(localStorage.getItem(where)) ?? [];
  } catch {
    return [];
  }
}

const write = (items, where = OUTBOX) => localStorage.setItem(where, JSON.stringify(items));

// One tab at a time, so that nothing is sent twice.
const alone = (work) => (navigator.locks ? navigator.locks.request("footpath-corner", work) : work());

export const waiting = () => read().length;

// The last moment at which a token of the month is taken, by this device's clock.
export function closes(epoch) {
  const [year, month] = epoch.split("-").map(Number);
  return new Date(year, month + 1, 1).getTime();
}

const throwaway = async () => recipientOf(await newIdentity());

// Seal what is asked: to all officers, to the recovery key, to the supervisor (or, so that all are
// of one size, to nobody), and to the asker's own receipt.
export async function sealed(question, roster) {
  const extra = question.kind === "complaint" ? roster.supervisor.age : await throwaway();
  const recipients = [...roster.officers.map((officer) => officer.age), roster.recovery, extra, question.reply_to];
  return b64(await seal(padded({ v: 1, ...question }), recipients));
}

// The month whose token is spent: the earlier one, unless its days are nearly over.
async function drawnToken(keys, open, now) {
  const months = [...open].sort();
  const lasting = months.filter((epoch) => closes(epoch) - now > 4 * 24 * HOUR);
  for (const epoch of [...lasting, ...months.filter((month) => !lasting.includes(month))]) {
    const token = keys.has(epoch) ? await spend(epoch, keys.get(epoch)) : null;
    if (token) return token;
  }
  return null;
}

export async function tokensLeft(keys, open) {
  let sum = 0;
  for (const epoch of open) if (keys.has(epoch)) sum += await left(epoch, keys.get(epoch));
  return sum;
}

// Keep a sealed question with a token until its moment: drawn at random within three days, or now.
// False when no token is left.
export async function keepUntilDue(envelope, { keys, open, soon = false }) {
  return alone(async () => {
    const now = Date.now();
    const token = await drawnToken(keys, open, now);
    if (!token) return false;
    const span = Math.max(HOUR, Math.min(WITHIN, closes(token.epoch) - now - HOUR));
    const due = soon ? now : now + randomBelow(Math.floor(span / 1000)) * 1000;
    write([...read(), { ...token, sealed: envelope, due }]);
    return true;
  });
}

export const BUSY = "busy";

// Post one sealed question. True: taken. False: refused. null: no answer, so nobody knows. BUSY: there was too
// much to do, and it was not looked at.
export async function post(address, body) {
  try {
    const answer = await fetched(address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const said = await answer.text();
    if (answer.status === 202) return JSON.parse(said).taken === true;
    if (answer.status === 429) return BUSY;
    return answer.status === 403 ? false : null;
  } catch {
    return null;
  }
}

// What becomes of an envelope after a try: nothing when it was taken, else how it waits on. Once there was
// no answer, nothing that comes later tells whether it arrived then.
function afterwards(item, taken) {
  if (taken === true) return null;
  if (taken === null) return { ...item, unsure: true };
  const tries = (item.tries ?? 0) + (taken === BUSY ? 0 : 1);
  return { ...item, tries, due: Date.now() + AGAIN / 2 + randomBelow(AGAIN) };
}

const isStranded = (item) => item && ((item.tries ?? 0) >= TRIES || closes(item.epoch) < Date.now());

// Envelopes that this browser has given up, without their tokens: "missed" was never taken, "perhaps" was.
const given = () => read(STRANDED).filter(({ until }) => until > Date.now());
export const stranded = () => new Set(given().map(({ kind }) => kind));

const strand = ({ sealed: envelope, unsure }) =>
  write([...given(), { kind: unsure ? "perhaps" : "missed", sealed: envelope, until: Date.now() + STRANDED_FOR }], STRANDED);

export const letGo = (kind) => alone(async () => write(given().filter((one) => one.kind !== kind), STRANDED));

// Send the same envelopes again with other tokens, each at a time of its own. False when a token is missing.
export async function sendAgain(kind, tokens) {
  for (const { kind: its, sealed: envelope } of given()) {
    if (its !== kind) continue;
    if (!(await keepUntilDue(envelope, tokens))) return false;
    await alone(async () => write(given().filter((one) => one.sealed !== envelope), STRANDED));
  }
  return true;
}

// Post whatever is due. Returns {sent, waiting}: how many were taken, and how many wait on.
export async function sendDue(address) {
  return alone(async () => {
    const told = { sent: 0 };
    for (const item of read().filter((one) => one.due <= Date.now())) {
      const { epoch, token, signature, sealed: envelope } = item;
      const next = afterwards(item, await post(address, { epoch, token, signature, sealed: envelope }));
      if (!next) told.sent += 1;
      if (isStranded(next)) strand(next);
      const others = read().filter((one) => one.token !== token);
      write(next && !isStranded(next) ? [...others, next] : others);
    }
    return { ...told, waiting: waiting() };
  });
}

export const coverIsOn = () => localStorage.getItem(COVER) === "on";
export const setCover = (on) => (on ? localStorage.setItem(COVER, "on") : localStorage.removeItem(COVER));

async function coverPosting(roster, language) {
  return sealed(
    {
      kind: "cover",
      thread: hex(random(16)),
      topic: "other",
      language,
      consent: false,
      text: "",
      reply_to: await throwaway(),
    },
    roster,
  );
}

// In cover mode the tokens that are left over leave as postings without content: from the 22nd of their
// month on, so that nobody can be asked to show that none was used.
export async function spendOnCovers({ keys, open, roster, language, today = new Date() }) {
  if (!coverIsOn() || !roster) return 0;
  const month = `${today.getFullYear()}-${String(today.getMonth() + 1).padStart(2, "0")}`;
  let count = 0;
  for (const epoch of open) {
    if (!keys.has(epoch) || !readSlots()[epoch] || (epoch === month && today.getDate() < 22)) continue;
    while ((await left(epoch, keys.get(epoch))) > 0) {
      const envelope = await coverPosting(roster, language);
      if (!(await keepUntilDue(envelope, { keys, open: [epoch] }))) break;
      count += 1;
    }
  }
  return count;
}
