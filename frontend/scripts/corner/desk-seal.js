// An envelope whose chance comes from a seed: whoever has the seed makes the same bytes again, and so sees
// what they say and for whom they are sealed. The same in Python (footpath.secrecy.age).
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { base64nopad, bech32 } from "@scure/base";
import { bytesOf, joined, random } from "./common.js";

const CHANCE = "footpath corner seal 1";
const CHUNK = 64 * 1024;

export const newSeed = () => random(32);

const derived = (key, salt, use, length = 32) => hkdf(sha256, key, salt, bytesOf(use), length);

// Throws for a key with which nobody can agree on a secret.
function stanza(fileKey, passing, recipient) {
  const theirs = bech32.decodeToBytes(recipient).bytes;
  const share = x25519.getPublicKey(passing);
  const key = derived(x25519.getSharedSecret(passing, theirs), joined(share, theirs), "age-encryption.org/v1/X25519");
  const wrapped = chacha20poly1305(key, new Uint8Array(12)).encrypt(fileKey);
  return `-> X25519 ${base64nopad.encode(share)}\n${base64nopad.encode(wrapped)}\n`;
}

// Eight bytes of chance for each recipient say where it stands.
function byPlace(one, other) {
  const at = one.place.findIndex((byte, index) => byte !== other.place[index]);
  return at < 0 ? 0 : one.place[at] - other.place[at];
}

export function sealedWith(seed, bytes, recipients) {
  if (bytes.length > CHUNK) throw new RangeError("too long for an envelope");
  const chance = derived(seed, undefined, CHANCE);
  const [fileKey, nonce] = [chance.subarray(0, 16), chance.subarray(16)];
  const lines = recipients
    .map((recipient, at) => ({ recipient, drawn: derived(seed, undefined, `${CHANCE} ${at}`, 40) }))
    .map(({ recipient, drawn }) => ({ recipient, passing: drawn.subarray(0, 32), place: drawn.subarray(32) }))
    .sort(byPlace)
    .map(({ recipient, passing }) => stanza(fileKey, passing, recipient));
  const header = `age-encryption.org/v1\n${lines.join("")}---`;
  const mac = hmac(sha256, derived(fileKey, undefined, "header"), bytesOf(header));
  const last = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
  const body = chacha20poly1305(derived(fileKey, nonce, "payload"), last).encrypt(bytes);
  return joined(bytesOf(`${header} ${base64nopad.encode(mac)}\n`), nonce, body);
}
