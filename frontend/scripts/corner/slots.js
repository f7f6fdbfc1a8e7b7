// The tokens of this browser: four slots a month, which look the same spent or not.
import { b64, random, unb64 } from "./common.js";

const SLOTS = "footpath:corner:slots";
const TOKEN = 64;
const SIGNATURE = 384;
const MOST = 40;

export function readSlots() {
  try {
    return JSON.parse(localStorage.getItem(SLOTS)) ?? {};
  } catch {
    return {};
  }
}

const writeSlots = (slots) => localStorage.setItem(SLOTS, JSON.stringify(slots));

function isSlot(slot) {
  try {
    return unb64(slot.token).length === TOKEN && unb64(slot.signature).length === SIGNATURE;
  } catch {
    return false;
  }
}

// Take in the four tokens of a month. They may come twice: an answer may be lost on its way back.
export function takeIn(epoch, handed) {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(epoch) || !Array.isArray(handed) || handed.length !== 4) return false;
  if (!handed.every(isSlot)) return false;
  const slots = readSlots();
  const held = slots[epoch] ?? [];
  const known = new Set(held.map((slot) => slot.token));
  if (handed.some((slot) => known.has(slot.token))) return true;
  if (held.length + handed.length > MOST) return false;
  const fresh = handed.map(({ token, signature }) => ({ token, signature }));
  writeSlots({ ...slots, [epoch]: [...held, ...fresh] });
  return true;
}

// Forget the months that can no longer be spent.
export function forgetBefore(epoch) {
  const kept = Object.entries(readSlots()).filter(([month]) => month >= epoch);
  writeSlots(Object.fromEntries(kept));
}

// Only the signature tells a token from the random bytes that stand in a spent slot.
async function verifier(spki) {
  const key = await crypto.subtle.importKey("spki", spki, { name: "RSA-PSS", hash: "SHA-384" }, false, ["verify"]);
  return (slot) =>
    crypto.subtle.verify({ name: "RSA-PSS", saltLength: 48 }, key, unb64(slot.signature), unb64(slot.token));
}

// How many tokens of a month are left.
export async function left(epoch, spki) {
  const isToken = await verifier(spki);
  const found = await Promise.all((readSlots()[epoch] ?? []).filter(isSlot).map(isToken));
  return found.filter(Boolean).length;
}

// Take a token of the month out of its slot, which is filled with random bytes; null when none is left.
export async function spend(epoch, spki) {
  const isToken = await verifier(spki);
  const slots = readSlots();
  for (const [at, slot] of (slots[epoch] ?? []).entries()) {
    if (!isSlot(slot) || !(await isToken(slot))) continue;
    const now = readSlots();
    now[epoch][at] = { token: b64(random(TOKEN)), signature: b64(random(SIGNATURE)) };
    writeSlots(now);
    return { epoch, token: slot.token, signature: slot.signature };
  }
  return null;
}
