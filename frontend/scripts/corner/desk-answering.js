// Answers: written and sealed by one officer, opened, compared and signed by another.
import { b64, bytesOf, canonical, hex, random, unb64 } from "./common.js";
import { toSize } from "./envelope.js";
import { signature } from "./desk-keys.js";
import { monthOf } from "./desk-days.js";
import { officerOf, recipientsOf } from "./desk-roster.js";
import { newSeed, sealedWith } from "./desk-seal.js";
import * as server from "./desk-server.js";
import { holds } from "./trust.js";

const BUCKET = 4096;
const KEYS_A_BLOB = 80;
const KEYS_AT_ONCE = 500;

export class NotAllowed extends Error {}

// Line ends stay, other signs that control a screen do not: the seal takes none of them.
export const plain = (text) => text.replace(/\r\n?/g, "\n").replace(/\t/g, " ").replace(/[\x00-\x09\x0b-\x1f\x7f]/g, "").trim();

const answerTo = (thread, text, by, epoch, kind = "answer") => ({ v: 1, kind, thread: thread.id, text, by, epoch });

// How many bytes of an answer are left; below nothing it needs a second part.
export function roomLeft(thread, text, desk) {
  const body = answerTo(thread, text, [desk.bundle.code, longestCode(desk)], monthOf(desk.today));
  return BUCKET - 4 - bytesOf(canonical(body)).length;
}

const longestCode = ({ roster }) => roster.officers.map(({ code }) => code).sort((one, other) => other.length - one.length)[0];

// One size and one number of recipients for whatever leaves.
export const sealedFor = (desk, replyTo, body, seed = newSeed()) =>
  sealedWith(seed, toSize(bytesOf(canonical(body)), [BUCKET]), [replyTo, ...recipientsOf(desk.roster)]);

// What each officer signs of an answer: its sealed bytes, who signs, and which postings it answers in which
// month. `to` is a draft, or nothing for a sign of reading.
export function approved(sealed, by, to = null) {
  const answers = to ? { keys: to.keys, epoch: to.epoch } : {};
  return bytesOf(canonical({ by, sealed: b64(sealed), ...answers }));
}

const approvalOf = ({ bundle }, sealed, by, to) => ({ officer: bundle.code, signature: signature(bundle, "answer", approved(sealed, by, to)) });

export const colleagues = ({ roster, bundle }) => roster.officers.filter(({ code }) => code !== bundle.code);

// The asker learns that it was read; one officer is enough for that. A key that was made up so that
// nothing can be sealed for it learns nothing, and holds nobody else up.
export async function sayRead(desk, { question }) {
  const by = [desk.bundle.code];
  let sealed;
  try {
    sealed = sealedFor(desk, question.reply_to, answerTo({ id: question.thread }, "", by, monthOf(desk.today), "read"));
  } catch {
    return;
  }
  await server.postRead(sealed, approvalOf(desk, sealed, by));
}

// The day of reading is kept in the officers' own blobs: the server keeps none.
export async function noteSeen(desk, keys) {
  for (let at = 0; at < keys.length; at += KEYS_A_BLOB) {
    await server.postBlob(desk, { kind: "seen", keys: keys.slice(at, at + KEYS_A_BLOB), day: desk.today });
  }
}

export const assign = (desk, thread, to) => server.postBlob(desk, { kind: "assign", thread: thread.id, to });
export const addNote = (desk, thread, text) => server.postBlob(desk, { kind: "note", thread: thread.id, text, day: desk.today });

export const newDraftId = () => hex(random(16));

// Each draft names the one that it replaces. The name of its own is made before it is written: sent twice,
// because no answer came or two buttons were pressed, it is one draft.
const draftOf = (thread, text, id) => ({
  kind: "draft",
  thread: thread.id,
  id,
  before: thread.draft?.id ?? "",
  text,
  keys: thread.waiting,
  second: "",
  epoch: "",
  seed: "",
  signature: "",
});

export const keepDraft = (desk, thread, text, id) => server.postBlob(desk, draftOf(thread, text, id));

// The answer of a draft as it leaves: the same bytes in every officer's browser.
const sealedAnswer = (desk, thread, { text, epoch, seed }, by) =>
  sealedFor(desk, thread.replyTo, answerTo(thread, text, by, epoch), unb64(seed));

// Sealed and signed by the drafter, for the one colleague who is asked to approve it. Words and seed are
// handed over, not the sealed bytes: the colleague's browser makes those itself.
export async function askApproval(desk, thread, text, second, id) {
  if (second === desk.bundle.code || !officerOf(desk.roster, second)) throw new NotAllowed();
  const by = [desk.bundle.code, second];
  const draft = { ...draftOf(thread, text, id), second, epoch: monthOf(desk.today), seed: b64(newSeed()) };
  const { signature: signed } = approvalOf(desk, sealedAnswer(desk, thread, draft, by), by, draft);
  await server.postBlob(desk, { ...draft, signature: signed });
}

export const mayApprove = ({ bundle }, draft) => draft.second === bundle.code && draft.by !== bundle.code;

// What the second officer signs, sealed by this browser from the words that it shows, for the asker whose
// question it has opened: null when its writer has signed anything else.
export function resealed(desk, thread) {
  const { draft } = thread;
  const by = [draft.by, draft.second];
  const key = officerOf(desk.roster, draft.by)?.sign;
  try {
    const sealed = sealedAnswer(desk, thread, draft, by);
    return key && holds("answer", approved(sealed, by, draft), draft.signature, key) ? sealed : null;
  } catch {
    return null; // too long, or a seed of another form
  }
}

export async function approve(desk, thread) {
  const { draft } = thread;
  if (thread.stale || !mayApprove(desk, draft)) throw new NotAllowed();
  const sealed = resealed(desk, thread);
  if (!sealed) throw new NotAllowed();
  const first = { officer: draft.by, signature: draft.signature };
  await server.postAnswer(sealed, [first, approvalOf(desk, sealed, [draft.by, draft.second], draft)], draft);
  await server.postBlob(desk, {
    kind: "sent",
    thread: thread.id,
    draft: draft.id,
    text: draft.text,
    officers: [draft.by, desk.bundle.code],
    keys: draft.keys,
    day: desk.today,
  });
}

export const sendBack = (desk, thread, text) =>
  server.postBlob(desk, { kind: "return", thread: thread.id, draft: thread.draft.id, text, day: desk.today });

// Closed by one colleague and waiting for a second officer.
export const mayCloseToo = ({ bundle }, { state, closers }) => state === "closed" && closers.size === 1 && !closers.has(bundle.code);

// Closed without a further answer: what still waits in it waits no longer. Its time of deletion begins when
// a second officer closes it too (desk-done.js).
export const close = (desk, thread, text) =>
  server.postBlob(desk, { kind: "close", thread: thread.id, keys: thread.postings.map(({ key }) => key), text, day: desk.today });

export async function dropBlobs(desk, keys) {
  for (let at = 0; at < keys.length; at += KEYS_AT_ONCE) await server.dropBlobs(desk.bundle, keys.slice(at, at + KEYS_AT_ONCE));
}

// Seal again for the present roster what was sealed to an older one, then let the old blobs go.
export async function reseal(desk, { postings, told, old }) {
  for (const { key, epoch, question } of postings) {
    await server.postBlob(desk, { kind: "copy", of: "posting", key, epoch, body: question });
  }
  for (const body of told) await server.postBlob(desk, { kind: "copy", of: "blob", body });
  await dropBlobs(desk, old);
}

export const askForKeys = (desk, keys) => server.postBlob(desk, { kind: "unopened", keys: keys.slice(0, 400) });
