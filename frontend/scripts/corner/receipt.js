// The receipt: 24 signs that only the asker has, and the key that is made from them.
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bech32 } from "@scure/base";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { argon2id } from "hash-wasm";
import { bytesOf, hex, random } from "./common.js";

// Digits and letters that are not taken for one another, spoken or written by hand.
const SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TAKEN_FOR = { O: "0", I: "1", L: "1" };

export const RECEIPT_SIGNS = 24;

// Five bits a sign, from the left; the last sign is filled up with zero bits.
export function symbolsOf(bytes) {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += SIGNS[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return bits ? text + SIGNS[(held << (5 - bits)) & 31] : text;
}

// The bytes of as many whole ones as the signs make; throws on a sign that is none.
export function bytesOfSymbols(text) {
  const bytes = [];
  let held = 0;
  let bits = 0;
  for (const sign of canonicalSigns(text)) {
    const value = SIGNS.indexOf(sign);
    if (value < 0) throw new TypeError("not a sign of a receipt");
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 255);
      held &= (1 << bits) - 1;
    }
  }
  return Uint8Array.from(bytes);
}

// As typed by hand: small or large, with blanks or hyphens, O for 0, I or L for 1.
export const canonicalSigns = (text) =>
  text
    .normalize("NFKC")
    .replace(/[\s\u2010-\u2015-]/g, "")
    .toUpperCase()
    .replace(/[OIL]/g, (sign) => TAKEN_FOR[sign]);

// The last five of the 120 bits belong to the check, and are zero when it is counted.
function withCheck(bytes) {
  const whole = Uint8Array.from(bytes);
  whole[14] &= 0xe0;
  whole[14] |= sha256(whole)[0] >> 3;
  return symbolsOf(whole);
}

export const newReceipt = () => withCheck(random(15));

// "" when the 24 signs are right; else what is wrong: "short", "long", "sign" or "typo".
export function wrongIn(typed) {
  const signs = canonicalSigns(typed);
  if ([...signs].some((sign) => !SIGNS.includes(sign))) return "sign";
  if (signs.length < RECEIPT_SIGNS) return "short";
  if (signs.length > RECEIPT_SIGNS) return "long";
  return withCheck(bytesOfSymbols(signs)) === signs ? "" : "typo";
}

export const grouped = (signs) => signs.match(/.{1,4}/g) ?? [];

const RECEIPT_SALT = bytesOf("footpath-receipt");
const RECEIPT_INFO = "footpath corner receipt 1";
const THREAD_INFO = "footpath corner thread 1";

// Slow on purpose: 64 MiB and three passes for each guess at a password.
const slowly = (password, salt) =>
  argon2id({
    password,
    salt,
    parallelism: 1,
    iterations: 3,
    memorySize: 65536,
    hashLength: 32,
    outputType: "binary",
  });

const secretOf = (bytes) => bech32.encodeFromBytes("AGE-SECRET-KEY-", bytes).toUpperCase();
const derived = (key, info, length) => hkdf(sha256, key, undefined, bytesOf(info), length);

// The age identity that belongs to a password.
export async function stretched(password, salt, info) {
  return secretOf(derived(await slowly(password, salt), info, 32));
}

// What a receipt opens: its identity, the recipient that answers are sealed to, and its thread.
export async function openedBy(typed) {
  const key = await slowly(canonicalSigns(typed), RECEIPT_SALT);
  const identity = secretOf(derived(key, RECEIPT_INFO, 32));
  return {
    identity,
    recipient: await recipientOf(identity),
    thread: hex(derived(key, THREAD_INFO, 16)),
  };
}

export const newIdentity = () => generateX25519Identity();
export const recipientOf = (identity) => identityToRecipient(identity);
