// What the desk asks of the Corner and hands to it. The server says nothing but yes or no.
import { b64, bytesOf, canonical, fetched, fetchedJson, hex, textOf } from "./common.js";
import { padded, records, seal } from "./envelope.js";
import { signature } from "./desk-keys.js";

export const BLOB_BUCKETS = [4096, 16384, 32768];
const KEY = 16;
const EPOCH = 7;

export class Refused extends Error {}

async function post(address, body) {
  const answer = await fetched(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Refused(`${address} answers ${answer.status}`);
}

async function bytesFrom(address) {
  const answer = await fetched(address);
  if (!answer.ok) throw new Error(`${address} answers ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

export const wrappedKeys = async () => (await fetchedJson("/desk/wrapped/")).wrapped;

// Each with the key the server gave it and the month of its token.
export async function postings() {
  const found = records(await bytesFrom("/desk/postings/"), KEY + EPOCH);
  return found.map(({ key, sealed }) => ({
    key: hex(key.subarray(0, KEY)),
    epoch: textOf(key.subarray(KEY)),
    sealed,
  }));
}

export async function blobs() {
  const found = records(await bytesFrom("/desk/blobs/"), KEY);
  return found.map(({ key, sealed }) => ({ key: hex(key), sealed }));
}

const signed = (bundle, what, body) => ({ ...body, signature: signature(bundle, what, bytesOf(canonical(body))) });

export const postRoster = (whole) => post("/desk/roster/", whole);

export const postWrapped = (bundle, sign, wrapped) =>
  post("/desk/wrapped/", {
    code: bundle.code,
    wrapped,
    sign,
    signature: signature(bundle, "wrapped", bytesOf(canonical({ code: bundle.code, wrapped }))),
  });

export const postAnswer = (sealed, approvals, { keys, epoch }) => post("/desk/answers/", { sealed: b64(sealed), approvals, keys, epoch });
export const postRead = (sealed, approval) => post("/desk/answers/", { sealed: b64(sealed), approvals: [approval], read: true });

// Questions are done with when two officers say so, notes when one does.
export const postDone = (keys, epoch, approvals) => post("/desk/done/", { keys, epoch, approvals });
export const dropBlobs = (bundle, keys) => post("/desk/done/", signed(bundle, "done", { officer: bundle.code, keys: [...keys].sort() }));

export const postCounters = (bundle, counters) =>
  post("/desk/counters/", signed(bundle, "counters", { officer: bundle.code, counters }));

// What officers tell each other: who wrote it stands inside and is signed inside, so that the server
// cannot write in an officer's name.
export async function postBlob({ bundle, roster, recipients, now }, body) {
  const told = { v: 1, ...body, by: bundle.code, at: now(), roster: roster.number };
  const marked = { ...told, mark: signature(bundle, "blob", bytesOf(canonical(told))) };
  const sealed = await seal(padded(marked, BLOB_BUCKETS), recipients);
  await post("/desk/blobs/", {
    officer: bundle.code,
    sealed: b64(sealed),
    signature: signature(bundle, "blob", sealed),
  });
  return marked;
}
