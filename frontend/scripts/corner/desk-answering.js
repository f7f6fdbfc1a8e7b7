// Answers: written and sealed by one officer, opened, compared and signed by another.
import { b64, bytesOf, hex, random, unb64 } from "./common.js";
import { open, padded, seal, unpadded } from "./envelope.js";
import { signature } from "./desk-keys.js";
import { monthOf } from "./desk-days.js";
import { officerOf, recipientsOf } from "./desk-roster.js";
import * as server from "./desk-server.js";
import { holds } from "./trust.js";

const BUCKET = 4096;
const KEYS_A_BLOB = 80;
const KEYS_AT_ONCE = 500;

export class NotAllowed extends Error {}

// Line ends stay, other signs that control a screen do not: the seal takes none of them.
export const plain = (text) => text.replace(/\r\n?/g, "\n").replace(/\t/g, " ").replace(/[\x00-\x09\x0b-\x1f\x7f]/g, "").trim();

const answerTo = (thread, text, by, day, kind = "answer") => ({ v: 1, kind, thread: thread.id, text, by, epoch: monthOf(day) });

// How many bytes of an answer are left; below nothing it needs a second part.
export function roomLeft(thread, text, desk) {
  const body = answerTo(thread, text, [desk.bundle.code, longestCode(desk)], desk.today);
  return BUCKET - 4 - bytesOf(JSON.stringify(body)).length;
}

const longestCode = ({ roster }) => roster.officers.map(({ code }) => code).sort((one, other) => other.length - one.length)[0];

// One size and one number of recipients for whatever leaves.
const sealedFor = (desk, replyTo, body) => seal(padded(body, [BUCKET]), [replyTo, ...recipientsOf(desk.roster)]);

export const colleagues = ({ roster, bundle }) => roster.officers.filter(({ code }) => code !== bundle.code);

// The asker learns that it was read; one officer is enough for that. A key that was made up so that
// nothing can be sealed for it learns nothing, and holds nobody else up.
export async function sayRead(desk, { question }) {
  const body = answerTo({ id: question.thread }, "", [desk.bundle.code], desk.today, "read");
  let sealed;
  try {
    sealed = await sealedFor(desk, question.reply_to, body);
  } catch {
    return;
  }
  await server.postAnswer(sealed, [approvalOf(desk, sealed)], true);
}

const approvalOf = ({ bundle }, sealed) => ({ officer: bundle.code, signature: signature(bundle, "answer", sealed) });

// The day of reading is kept in the officers' own blobs: the server keeps none.
export async function noteSeen(desk, keys) {
  for (let at = 0; at < keys.length; at += KEYS_A_BLOB) {
    await server.postBlob(desk, { kind: "seen", keys: keys.slice(at, at + KEYS_A_BLOB), day: desk.today });
  }
}

export const assign = (desk, thread, to) => server.postBlob(desk, { kind: "assign", thread: thread.id, to });
export const addNote = (desk, thread, text) => server.postBlob(desk, { kind: "note", thread: thread.id, text, day: desk.today });

// Each draft names the one that it replaces.
const draftOf = (thread, text) => ({
  kind: "draft",
  thread: thread.id,
  id: hex(random(16)),
  before: thread.draft?.id ?? "",
  text,
  keys: thread.waiting,
});

export const keepDraft = (desk, thread, text) =>
  server.postBlob(desk, { ...draftOf(thread, text), second: "", sealed: "", signature: "" });

// Sealed and signed by the drafter, for the one colleague who is asked to approve it.
export async function askApproval(desk, thread, text, second) {
  if (second === desk.bundle.code || !officerOf(desk.roster, second)) throw new NotAllowed();
  const sealed = await sealedFor(desk, thread.replyTo, answerTo(thread, text, [desk.bundle.code, second], desk.today));
  await server.postBlob(desk, {
    ...draftOf(thread, text),
    second,
    sealed: b64(sealed),
    signature: signature(desk.bundle, "answer", sealed),
  });
}

export const mayApprove = ({ bundle }, draft) => draft.second === bundle.code && draft.by !== bundle.code;

// What the sealed answer really says, as this browser opens it: null when it cannot be approved.
export async function inspected(desk, thread) {
  const { draft } = thread;
  const sealed = unb64(draft.sealed);
  const bytes = await open(sealed, desk.identities);
  const body = bytes && unpadded(bytes);
  const asExpected =
    body?.v === 1 && body.kind === "answer" && body.thread === thread.id && body.by?.length === 2 &&
    body.by[0] === draft.by && body.by[1] === draft.second;
  const key = officerOf(desk.roster, draft.by)?.sign;
  const signed = key !== undefined && holds("answer", sealed, draft.signature, key);
  return { text: asExpected ? body.text : null, same: asExpected && signed && body.text === draft.text };
}

export async function approve(desk, thread) {
  const { draft } = thread;
  if (thread.stale || !mayApprove(desk, draft)) throw new NotAllowed();
  if (!(await inspected(desk, thread)).same) throw new NotAllowed();
  const sealed = unb64(draft.sealed);
  await server.postAnswer(sealed, [{ officer: draft.by, signature: draft.signature }, approvalOf(desk, sealed)]);
  await server.postBlob(desk, {
    kind: "sent",
    thread: thread.id,
    draft: draft.id,
    text: draft.text,
    officers: [draft.by, desk.bundle.code],
    keys: draft.keys,
    day: desk.today,
  });
  await markDone(desk, draft.keys);
}

export const sendBack = (desk, thread, text) =>
  server.postBlob(desk, { kind: "return", thread: thread.id, draft: thread.draft.id, text, day: desk.today });

// Closed without a further answer: what still waits in it waits no longer.
export async function close(desk, thread, text) {
  await server.postBlob(desk, { kind: "close", thread: thread.id, keys: thread.postings.map(({ key }) => key), text, day: desk.today });
  await markDone(desk, thread.postings.map(({ key }) => key));
}

// The server deletes what is done 90 days after the month of the answer.
export async function markDone(desk, keys) {
  for (let at = 0; at < keys.length; at += KEYS_AT_ONCE) {
    await server.postDone(desk.bundle, keys.slice(at, at + KEYS_AT_ONCE), monthOf(desk.today));
  }
}

// Seal again for the present roster what was sealed to an older one, then let the old blobs go.
export async function reseal(desk, { postings, told, old }) {
  for (const { key, epoch, question } of postings) {
    await server.postBlob(desk, { kind: "copy", of: "posting", key, epoch, body: question });
  }
  for (const body of told) await server.postBlob(desk, { kind: "copy", of: "blob", body });
  await markDone(desk, old);
}

export const askForKeys = (desk, keys) => server.postBlob(desk, { kind: "unopened", keys: keys.slice(0, 400) });
