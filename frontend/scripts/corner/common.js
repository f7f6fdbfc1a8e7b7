// Bytes and texts as the Corner writes them: the same in Python (footpath.secrecy) and here.
import { sha256 as digest } from "@noble/hashes/sha2.js";

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: true });

export const bytesOf = (text) => ENCODER.encode(text);
export const textOf = (bytes) => DECODER.decode(bytes);
export const sha256 = (bytes) => digest(bytes);
export const random = (length) => crypto.getRandomValues(new Uint8Array(length));

// Base64 with the signs of an address, without padding.
export function b64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

// Throws on anything that b64 does not write.
export function unb64(text) {
  if (typeof text !== "string" || !/^[A-Za-z0-9_-]*$/.test(text)) throw new TypeError("not base64");
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
  if (b64(bytes) !== text) throw new TypeError("not base64");
  return bytes;
}

export const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export function unhex(text) {
  if (!/^([0-9a-f]{2})*$/.test(text)) throw new TypeError("not hexadecimal");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function joined(...parts) {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function sameBytes(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

// One way of writing each value: keys sorted, no blanks. This is what is signed and digested.
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value && typeof value === "object") {
    const pairs = Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
    return `{${pairs.join(",")}}`;
  }
  return JSON.stringify(value);
}

// A whole number from 0 to below `limit`, each as likely as any other.
export function randomBelow(limit) {
  const top = Math.floor(2 ** 32 / limit) * limit;
  for (;;) {
    const [drawn] = crypto.getRandomValues(new Uint32Array(1));
    if (drawn < top) return drawn % limit;
  }
}

export function shuffled(list) {
  const mixed = [...list];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = randomBelow(last + 1);
    [mixed[last], mixed[other]] = [mixed[other], mixed[last]];
  }
  return mixed;
}

// Let the browser draw what was just said before something keeps it busy.
export const drawn = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));

// What is asked carries no cookie, no address of the page before, and nothing is left in a cache.
export async function fetched(address, options = {}) {
  return fetch(address, {
    credentials: "omit",
    referrerPolicy: "no-referrer",
    redirect: "error",
    cache: "no-store",
    ...options,
  });
}

export async function fetchedJson(address) {
  const answer = await fetched(address);
  if (!answer.ok) throw new Error(`${address} answers ${answer.status}`);
  return answer.json();
}

export const all = (selector, root = document) => [...root.querySelectorAll(selector)];
export const one = (selector, root = document) => root.querySelector(selector);

// Sentences of the page with their gaps filled: "{count} of 900" and {count: 12}.
export function filled(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (gap, name) => (name in values ? values[name] : gap));
}
