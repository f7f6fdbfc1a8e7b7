// Sealed envelopes: text of any length in one size, opened by those it is sealed to.
import { Decrypter, Encrypter } from "age-encryption";
import { bech32 } from "@scure/base";
import { bytesOf, joined, shuffled, textOf } from "./common.js";

export const BUCKETS = [4096, 16384];
export const TOPICS = ["duty", "land", "money", "discipline", "staff", "other"];

// Length, bytes, zero bytes up to the next bucket. Throws when they fit none.
export function toSize(body, buckets = BUCKETS) {
  const size = buckets.find((bucket) => 4 + body.length <= bucket);
  if (!size) throw new RangeError("too long for an envelope");
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, body.length);
  bytes.set(body, 4);
  return bytes;
}

export const padded = (object, buckets) => toSize(bytesOf(JSON.stringify(object)), buckets);

export function unpadded(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  if (4 + length > bytes.length) throw new RangeError("an envelope that was cut");
  return JSON.parse(textOf(bytes.subarray(4, 4 + length)));
}

const isText = (one) => typeof one === "string";

// The answer or the sign of reading in an envelope; null for anything else, for whoever sealed it may
// have put in what no page can show.
export function answerIn(bytes) {
  try {
    const one = unpadded(bytes);
    const whole =
      one.v === 1 && ["answer", "read"].includes(one.kind) && isText(one.thread) && /^[0-9a-f]{32}$/.test(one.thread) &&
      isText(one.text) && isText(one.epoch) && /^20\d{2}-(0[1-9]|1[0-2])$/.test(one.epoch) &&
      Array.isArray(one.by) && one.by.every(isText);
    return whole ? one : null;
  } catch {
    return null;
  }
}

// In random order, so that nobody's place in the envelope says who it is.
export async function seal(bytes, recipients) {
  const encrypter = new Encrypter();
  for (const recipient of shuffled(recipients)) encrypter.addRecipient(recipient);
  return encrypter.encrypt(bytes);
}

const PKCS8 = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20);

// The browser's own X25519 is several times quicker when it is given the key once.
async function quick(identity) {
  const { bytes } = bech32.decodeToBytes(identity);
  try {
    const key = joined(PKCS8, bytes);
    return await crypto.subtle.importKey("pkcs8", key, { name: "X25519" }, false, ["deriveBits"]);
  } catch {
    return identity;
  }
}

// A function that opens what was sealed to one of the identities, and returns null for the rest.
export async function opener(identities) {
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(await quick(identity));
  return async (sealed) => {
    try {
      return await decrypter.decrypt(sealed);
    } catch {
      return null;
    }
  };
}

export async function open(sealed, identities) {
  return (await opener(identities))(sealed);
}

// Records of a key (of `keyLength` bytes), four bytes of length, and a sealed file.
export function records(bytes, keyLength = 0) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const found = [];
  for (let at = 0; at < bytes.length; ) {
    const from = at + keyLength + 4;
    const to = from + view.getUint32(at + keyLength);
    if (to > bytes.length) throw new RangeError("a list that was cut");
    found.push({ key: bytes.subarray(at, at + keyLength), sealed: bytes.subarray(from, to) });
    at = to;
  }
  return found;
}
