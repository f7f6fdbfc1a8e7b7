// What this browser believes: the chain of the key notice, and the signed rosters of officers.
//
// Both are pinned at the first visit. A notice that does not go on from the pinned one, or a roster
// that two officers of the one before have not signed, is refused: Untrusted says what is wrong.
import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesOf, canonical, fetchedJson, hex, joined, sha256, unb64, unhex } from "./common.js";
import { symbolsOf } from "./receipt.js";

const PINS = "footpath:corner:pins";

export class Untrusted extends Error {
  // `what` is "notice" or "roster": which sentence the page shows.
  constructor(what, why) {
    super(why);
    this.what = what;
  }
}

export const digestOf = (value) => hex(sha256(bytesOf(canonical(value))));

// The first 20 signs of a digest in four groups of five, as they are printed.
export const short = (digest) => symbolsOf(unhex(digest)).slice(0, 20).match(/.{5}/g).join(" ");

// What is signed is never the bytes alone: a signature for one purpose is of no use for another.
export const signedBytes = (what, bytes) => joined(bytesOf(`footpath corner ${what} 1\n`), sha256(bytes));

export function holds(what, bytes, signature, key) {
  try {
    return ed25519.verify(unb64(signature), signedBytes(what, bytes), unb64(key), { zip215: false });
  } catch {
    return false;
  }
}

// The entries of a key notice, first to last; each names the hash of the one before it.
export function checkedNotice(notice) {
  if (notice?.v !== 1 || !Array.isArray(notice.entries)) throw new Untrusted("notice", "of another form");
  let before = "";
  for (const entry of notice.entries) {
    const { hash, ...said } = entry;
    if (said.previous !== before) throw new Untrusted("notice", "an entry does not follow the one before");
    if (digestOf(said) !== hash) throw new Untrusted("notice", "an entry was altered");
    if (entry.kind === "key" && hex(sha256(unb64(entry.spki))) !== entry.kid) {
      throw new Untrusted("notice", "a key is not the one it is called");
    }
    before = hash;
  }
  const named = notice.entries.filter((entry) => entry.kind === "key").map((entry) => entry.epoch);
  if (new Set(named).size !== named.length) throw new Untrusted("notice", "two keys for one month");
  return notice.entries;
}

function signers(signed, officers) {
  const bytes = bytesOf(canonical(signed.roster));
  const known = new Map(officers.map((officer) => [officer.code, officer.sign]));
  const by = signed.signatures.filter(
    ({ code, signature }) => known.has(code) && holds("roster", bytes, signature, known.get(code)),
  );
  return new Set(by.map(({ code }) => known.get(code))).size;
}

// The rosters, first to last. Each is signed by two officers of the one before, the first by two of its own.
export function checkedRosters(list) {
  const rosters = [];
  for (const signed of list) {
    const { roster } = signed;
    const before = rosters.at(-1);
    const officers = roster?.officers ?? [];
    const different = new Set(officers.map((officer) => officer.code)).size;
    if (roster?.v !== 1 || different < 3 || different !== officers.length) {
      throw new Untrusted("roster", "fewer than three officers");
    }
    if (roster.number !== rosters.length + 1) throw new Untrusted("roster", "a version is missing");
    if (roster.previous !== (before ? digestOf(before) : "")) {
      throw new Untrusted("roster", "it does not follow the one before");
    }
    if (signers(signed, before ? before.officers : officers) < 2) {
      throw new Untrusted("roster", "two officers have not signed it");
    }
    rosters.push(roster);
  }
  return rosters;
}

function pins() {
  try {
    return JSON.parse(localStorage.getItem(PINS)) ?? {};
  } catch {
    return {};
  }
}

// The hash of the notice as this browser has seen it last; "" before the first time.
export const pinnedHash = () => pins().notice?.hash ?? "";

const keep = (found) => localStorage.setItem(PINS, JSON.stringify(found));

// The entries of the notice that the Corner shows now, which must go on from the pinned one.
function followed(notice, pin) {
  const entries = checkedNotice(notice);
  if (pin && entries[pin.count - 1]?.hash !== pin.hash) {
    throw new Untrusted("notice", "it is not the one this browser has seen before");
  }
  return entries;
}

function succeeded(list, pin, entries) {
  const rosters = checkedRosters(list);
  if (pin && (!rosters[pin.number - 1] || digestOf(rosters[pin.number - 1]) !== pin.digest)) {
    throw new Untrusted("roster", "it is not the one this browser has seen before");
  }
  const listed = new Map(
    entries.filter((entry) => entry.kind === "roster").map((entry) => [entry.number, entry.digest]),
  );
  const last = rosters.at(-1);
  if (last && listed.get(last.number) !== digestOf(last)) {
    throw new Untrusted("roster", "it is not on the key notice");
  }
  return rosters;
}

// Fetch notice and rosters, check them against the pins, and pin what is new.
// Returns {entries, keys: Map of epoch to SPKI bytes, rosters: all versions, roster: the newest or null}.
export async function trusted(noticeAddress, rosterAddress) {
  const [notice, answer] = await Promise.all([fetchedJson(noticeAddress), fetchedJson(rosterAddress)]);
  const kept = pins();
  const entries = followed(notice, kept.notice);
  const rosters = succeeded(answer.rosters, kept.roster, entries);
  const roster = rosters.at(-1) ?? null;
  keep({
    notice: entries.length ? { count: entries.length, hash: entries.at(-1).hash } : undefined,
    roster: roster ? { number: roster.number, digest: digestOf(roster) } : undefined,
  });
  const keys = new Map();
  for (const entry of entries) if (entry.kind === "key") keys.set(entry.epoch, unb64(entry.spki));
  return { entries, keys, roster, rosters };
}
