// What the scripts make of envelopes that were sealed to do harm: printed as JSON, compared in
// test_hostile_envelopes.py.
//
//   node hostile.mjs <folder of the scripts>
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(join(folder, name)));
const { b64, bytesOf, canonical, joined, random, unb64, unhex } = await load("common.js");
const { answerIn, padded, seal, toSize } = await load("envelope.js");
const { newBundle, publicPart, signature } = await load("desk-keys.js");
const { fetchAll, unseen } = await load("desk-inbox.js");
const { approved, resealed, sayRead, sealedFor } = await load("desk-answering.js");
const { threadsOf, countersOf, merged } = await load("desk-threads.js");
const { workdays } = await load("desk-days.js");
const { newIdentity, recipientOf } = await load("receipt.js");

const bundle = await newBundle("lan");
const officer = await publicPart(bundle, "Lan");
const roster = { number: 1, officers: [officer], recovery: await recipientOf(await newIdentity()) };
const desk = { bundle, identities: [bundle.age], rosters: [roster], roster, today: "2026-11-22" };
const asker = await recipientOf(await newIdentity());

const good = { v: 1, kind: "ask", thread: "a".repeat(32), topic: "duty", language: "en", consent: true, text: "May he?", reply_to: asker };
const lastSign = asker.endsWith("q") ? "p" : "q";
// The point of order one: nobody can agree on a secret with it.
const lowOrder = "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z";
const questions = {
  good,
  topicNumber: { ...good, topic: 7 },
  topicUnknown: { ...good, topic: "__proto__" },
  topicMissing: { ...good, topic: undefined },
  languageObject: { ...good, language: {} },
  consentText: { ...good, consent: "yes" },
  threadList: { ...good, thread: [good.thread] },
  replyMistyped: { ...good, reply_to: asker.slice(0, -1) + lastSign },
  replyList: { ...good, reply_to: [asker] },
  empty: { ...good, text: "" },
  list: [good],
  nothing: null,
};
const note = { v: 1, kind: "note", thread: good.thread, text: "Ask first.", day: "2026-11-20", by: "lan", at: "2026-11-20T02:00:00.000Z", roster: 1 };
const deep = (depth) => (depth ? [deep(depth - 1)] : []);
const told = {
  note,
  seenWithoutKeys: { ...note, kind: "seen" },
  seenLongAgo: { ...note, kind: "seen", keys: [], day: "0001-01-01" },
  noDay: { ...note, day: "2026-13-45" },
  momentWords: { ...note, at: "yesterday" },
  keysText: { ...note, kind: "close", keys: "all" },
  kindOfAllObjects: { ...note, kind: "constructor" },
  deep: { ...note, more: deep(4000) },
};

const record = (head, sealed) => joined(head, Uint8Array.from(new Uint8Array(new Uint32Array([sealed.length]).buffer)).reverse(), sealed);
const marked = (body) => ({ ...body, mark: body.more ? "" : signature(bundle, "blob", bytesOf(canonical(body))) });
const served = async (list, head) => joined(...(await Promise.all(list.map(async (one) => record(head(), await seal(padded(one, [4096, 16384, 32768]), [officer.age]))))));

async function fetched(posted, blobs) {
  const epoch = bytesOf("2026-11");
  const files = {
    "/desk/postings/": await served(posted, () => joined(random(16), epoch)),
    "/desk/blobs/": await served(blobs, () => random(16)),
  };
  globalThis.fetch = async (address) => new Response(files[address]);
  return fetchAll(desk);
}

async function isTaken(one) {
  const { postings } = await fetched([one], []);
  return postings[0].question !== null;
}

async function isHeard(body) {
  const { blobs } = await fetched([good], [marked(body)]);
  const both = merged({ postings: [], blobs });
  const calendar = workdays([], []);
  threadsOf(both, { today: desk.today, calendar, number: 1 });
  countersOf(both, { today: desk.today, calendar, epochs: ["2026-11"] });
  return blobs.length === 1;
}

async function entries(work, table) {
  const found = {};
  for (const [name, one] of Object.entries(table)) found[name] = await work(one);
  return found;
}

async function readsOn() {
  const data = await fetched([{ ...good, reply_to: lowOrder }, good], []);
  let sent = 0;
  globalThis.fetch = async () => {
    sent += 1;
    return new Response("", { status: 202 });
  };
  for (const posting of unseen(data)) await sayRead(desk, posting);
  return { unseen: unseen(data).length, sent };
}

// What a colleague hands over for approval: its signature may be of anything.
const second = await newBundle("nam");
const approver = { ...desk, bundle: second, roster: { ...roster, officers: [officer, await publicPart(second, "Nam")] } };
const written = { by: "lan", second: "nam", text: "He may not.", epoch: "2026-11", keys: ["c".repeat(32)], seed: b64(random(32)) };
function isApproved({ text = written.text, by = ["lan", "nam"], reply_to = asker, epoch = written.epoch, keys = written.keys, thread = good.thread, readers = approver.roster, ...handed }) {
  const body = { v: 1, kind: "answer", thread, text, by, epoch };
  const sealed = sealedFor({ roster: readers }, reply_to, body, unb64(written.seed));
  const draft = { ...written, signature: signature(bundle, "answer", approved(sealed, by, { keys, epoch })), ...handed };
  return resealed(approver, { id: good.thread, replyTo: asker, draft }) !== null;
}
// An officer who knows the name of a thread posts into it, to have its answer sealed for somebody else.
async function beside() {
  const own = { ...good, kind: "follow-up", text: "And now?" };
  const foreign = { ...own, reply_to: officer.age };
  const { postings } = await fetched([good, own, foreign], []);
  const calendar = workdays([], []);
  const threads = threadsOf(merged({ postings, blobs: [] }), { today: desk.today, calendar, number: 1 });
  return threads.map(({ id, replyTo, postings: list }) => ({ named: id === good.thread, asker: replyTo === asker, count: list.length }));
}

const drafts = {
  good: {},
  otherWords: { text: "He may." },
  otherAsker: { reply_to: officer.age },
  otherSecond: { by: ["lan", "thu"] },
  nobodySecond: { by: ["lan"] },
  otherMonth: { epoch: "2026-10" },
  otherKeys: { keys: ["d".repeat(32)] },
  otherThread: { thread: "b".repeat(32) },
  fewerReaders: { readers: { ...approver.roster, officers: [officer] } },
  otherSeed: { seed: b64(random(32)) },
  seedOfAnotherForm: { seed: "!" },
  signatureOfAnotherForm: { signature: "!" },
  someoneElses: { by: ["nam", "lan"] },
};

const answer = { v: 1, kind: "read", thread: good.thread, text: "", by: ["lan"], epoch: "2026-11" };
const inside = (one) => answerIn(padded(one, [4096])) !== null;
const said = {
  questions: await entries(isTaken, questions),
  told: await entries(isHeard, told),
  readsOn: await readsOn(),
  beside: (await beside()).sort((one, other) => other.count - one.count),
  drafts: await entries(isApproved, drafts),
  answers: {
    good: inside(answer),
    noJson: answerIn(toSize(bytesOf("{"), [4096])) !== null,
    nothing: inside(null),
    epochNumber: inside({ ...answer, epoch: 202611 }),
    epochWords: inside({ ...answer, epoch: "soon" }),
    byText: inside({ ...answer, by: "lan" }),
    textList: inside({ ...answer, text: [""] }),
    threadShort: inside({ ...answer, thread: "a" }),
    cut: answerIn(unhex("ffffffff00000000")) !== null,
  },
};
console.log(JSON.stringify(said));
