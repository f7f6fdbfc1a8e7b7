// The keys of an officer: two secrets, a passphrase around them, a sheet of paper beside them.
import { ed25519 } from "@noble/curves/ed25519.js";
import { b64, bytesOf, random, sha256, textOf, unb64 } from "./common.js";
import { open, seal } from "./envelope.js";
import { bytesOfSymbols, canonicalSigns, newIdentity, recipientOf, stretched, symbolsOf } from "./receipt.js";
import { signedBytes } from "./trust.js";

const OFFICER_INFO = "footpath corner officer 1";
const SEED_BYTES = 32;
const SEED_SIGNS = 52;
export const LEAST_PASSPHRASE = 16;

// Letters, digits and hyphens: what an officer types each morning.
export const isCode = (text) => /^[a-z0-9](?:[a-z0-9-]{0,22}[a-z0-9])?$/.test(text);

export async function newBundle(code) {
  return { v: 1, code, age: await newIdentity(), sign: b64(random(SEED_BYTES)) };
}

export const verifyingKey = (bundle) => b64(ed25519.getPublicKey(unb64(bundle.sign)));

export const signature = (bundle, what, bytes) => b64(ed25519.sign(signedBytes(what, bytes), unb64(bundle.sign)));

export async function publicPart(bundle, name) {
  return { code: bundle.code, name, age: await recipientOf(bundle.age), sign: verifyingKey(bundle) };
}

// The same letter can be typed in two ways; a passphrase does not tell them apart.
const around = (passphrase, salt) => stretched(passphrase.normalize("NFKC"), salt, OFFICER_INFO);

export async function wrap(bundle, passphrase) {
  const salt = random(16);
  const recipient = await recipientOf(await around(passphrase, salt));
  const sealed = await seal(bytesOf(JSON.stringify(bundle)), [recipient]);
  return { v: 1, salt: b64(salt), sealed: b64(sealed) };
}

// The bundle, or null when the passphrase is another one.
export async function unwrap(wrapped, passphrase) {
  const bytes = await open(unb64(wrapped.sealed), [await around(passphrase, unb64(wrapped.salt))]);
  return bytes && JSON.parse(textOf(bytes));
}

// A passphrase that nobody guesses and that can be written down: 100 bits in groups of five.
export const proposedPassphrase = () => symbolsOf(random(15)).slice(0, 20).match(/.{5}/g).join("-");

// The signing secret on paper: 256 bits, and four more that find a slip of the pen.
export function seedOnPaper(seed) {
  const bytes = unb64(seed);
  return symbolsOf(Uint8Array.of(...bytes, sha256(bytes)[0])).slice(0, SEED_SIGNS);
}

// The signing secret from paper; throws when a sign is wrong.
export function seedFromPaper(typed) {
  const signs = canonicalSigns(typed);
  const bytes = signs.length === SEED_SIGNS ? bytesOfSymbols(signs) : new Uint8Array();
  const seed = b64(bytes);
  if (bytes.length !== SEED_BYTES || seedOnPaper(seed) !== signs) throw new TypeError("not the signs of a sheet");
  return seed;
}

// "AGE-SECRET-KEY-1..." as typed: blanks and small letters do no harm, its own check finds the rest.
export async function identityFromPaper(typed) {
  const identity = typed.normalize("NFKC").replace(/\s/g, "").toUpperCase();
  await recipientOf(identity);
  return identity;
}

// The keys on a sheet, the second of which only officers have.
export async function bundleFromPaper(code, identity, seed) {
  return { v: 1, code, age: await identityFromPaper(identity), sign: seedFromPaper(seed) };
}
