// The arithmetic of drawing, away from the page: RSABSSA-SHA384-PSS-Randomized (RFC 9474).
//
//   {kind: "begin", notice, pin, epoch}    gives {pin, kid, blinded, secrets}
//   {kind: "finish", ..., kid, secrets, signatures} gives {pin, slots}
//   both give {alarm} instead: "changed" when the key notice is not the pinned one or more of it,
//   "marked" when a signature is not one of the published key.
import { RSABSSA } from "@cloudflare/blindrsa-ts";
import { b64, random, unb64 } from "./common.js";
import { checkedNotice } from "./trust.js";

const TOKENS = 4;
const suite = RSABSSA.SHA384.PSS.Randomized();

class Alarm extends Error {}

// The entries of the notice, when it goes on from what was pinned; and the pin for the next time.
function followed(notice, pin) {
  let entries;
  try {
    entries = checkedNotice(notice);
  } catch {
    throw new Alarm("changed");
  }
  if (pin?.count && entries[pin.count - 1]?.hash !== pin.hash) throw new Alarm("changed");
  return { entries, pin: { count: entries.length, hash: entries.at(-1)?.hash ?? "" } };
}

async function keyOf(entry) {
  const key = await crypto.subtle.importKey("spki", unb64(entry.spki), { name: "RSA-PSS", hash: "SHA-384" }, true, ["verify"]);
  const { modulusLength, publicExponent } = key.algorithm;
  if (modulusLength !== 3072 || publicExponent.join() !== "1,0,1") throw new Alarm("changed");
  return key;
}

async function begin({ notice, pin, epoch }) {
  const known = followed(notice, pin);
  const entry = known.entries.find((one) => one.kind === "key" && one.epoch === epoch);
  if (!entry) return { pin: known.pin };
  const key = await keyOf(entry);
  const blinded = [];
  const secrets = [];
  for (let count = 0; count < TOKENS; count += 1) {
    const token = suite.prepare(random(32));
    const { blindedMsg, inv } = await suite.blind(key, token);
    blinded.push(b64(blindedMsg));
    secrets.push({ token: b64(token), inverse: b64(inv) });
  }
  return { pin: known.pin, kid: entry.kid, blinded, secrets };
}

async function finish({ notice, pin, epoch, kid, secrets, signatures }) {
  const known = followed(notice, pin);
  const entry = known.entries.find((one) => one.kind === "key" && one.epoch === epoch);
  if (entry?.kid !== kid) throw new Alarm("changed");
  const key = await keyOf(entry);
  try {
    if (signatures.length !== TOKENS) throw new Error("not four signatures");
    const slots = [];
    for (const [at, { token, inverse }] of secrets.entries()) {
      const signature = await suite.finalize(key, unb64(token), unb64(signatures[at]), unb64(inverse));
      slots.push({ token, signature: b64(signature) });
    }
    return { pin: known.pin, slots };
  } catch {
    throw new Alarm("marked");
  }
}

self.onmessage = async ({ data }) => {
  try {
    self.postMessage(await { begin, finish }[data.kind](data));
  } catch (error) {
    // Whatever else went wrong, the next page tries again.
    self.postMessage(error instanceof Alarm ? { alarm: error.message } : { failed: true });
  }
};
