// The roster: who opens what is asked. Each version is signed by two officers of the one before.
import { bytesOf, canonical } from "./common.js";
import { isCode, signature } from "./desk-keys.js";
import { digestOf, holds, short } from "./trust.js";

export const LEAST_OFFICERS = 3;
export const SIGNERS = 2;
const MEMBER = ["age", "code", "name", "sign"];
const RECIPIENT = /^age1[02-9ac-hj-np-z]{58}$/;

const bytesOfRoster = (roster) => bytesOf(canonical(roster));

// Twenty signs that people compare by eye or over the telephone.
export const fingerprint = (value) => short(digestOf(value));

export const memberOf = ({ code, name, age, sign }) => ({ code, name, age, sign });
export const officerOf = (roster, code) => roster.officers.find((officer) => officer.code === code);
export const recipientsOf = (roster) => [...roster.officers.map((officer) => officer.age), roster.recovery];

export const isMember = (one) =>
  one !== null && typeof one === "object" && canonical(Object.keys(one).sort()) === canonical(MEMBER) &&
  isCode(one.code) && typeof one.name === "string" && one.name.trim() !== "" &&
  RECIPIENT.test(one.age) && /^[A-Za-z0-9_-]{43}$/.test(one.sign);

export const isRecovery = (text) => RECIPIENT.test(text);

const different = (list) => new Set(list).size === list.length;

// "" when a roster is whole in itself; else what is wrong with it: a word of the page.
export function wrongInRoster({ officers, supervisor, recovery, from }) {
  if (officers.length < LEAST_OFFICERS) return "fewOfficers";
  if (!supervisor) return "noSupervisor";
  const people = [...officers, supervisor];
  if (!people.every(isMember)) return "brokenMember";
  if (!different(people.map(({ code }) => code))) return "sameCode";
  if (!isRecovery(recovery)) return "noRecovery";
  if (!different([...people.map(({ age }) => age), recovery])) return "sameKeys";
  if (!different(people.map(({ sign }) => sign))) return "sameKeys";
  return /^[0-9]{4}-(0[1-9]|1[0-2])$/.test(from) ? "" : "noMonth";
}

// The next version, as JSON has it.
export const nextRoster = (before, { officers, supervisor, recovery, from }) => ({
  v: 1,
  number: (before?.number ?? 0) + 1,
  previous: before ? digestOf(before) : "",
  officers: officers.map(memberOf),
  recovery,
  supervisor: memberOf(supervisor),
  from,
});

// Whether a version that came from a colleague follows the one in force and is whole.
export function follows(whole, before) {
  const roster = whole?.roster;
  if (roster?.v !== 1 || !Array.isArray(roster.officers) || !Array.isArray(whole.signatures)) return false;
  const expected = nextRoster(before, roster);
  return wrongInRoster(roster) === "" && canonical(expected) === canonical(roster);
}

// Those whose signatures a version needs: officers of the version before, at first its own.
export const judgesOf = (roster, before) => (before ?? roster).officers;

export function signersOf({ roster, signatures }, before) {
  const bytes = bytesOfRoster(roster);
  const judges = judgesOf(roster, before);
  const held = signatures.filter((one) =>
    judges.some(({ code, sign }) => code === one.code && holds("roster", bytes, one.signature, sign)));
  return [...new Set(held.map(({ code }) => code))];
}

export function withSignature({ roster, signatures }, bundle) {
  const others = signatures.filter(({ code }) => code !== bundle.code);
  return { roster, signatures: [...others, { code: bundle.code, signature: signature(bundle, "roster", bytesOfRoster(roster)) }] };
}

// The two signatures that go to the server; null while there are fewer.
export function completed(whole, before) {
  const codes = signersOf(whole, before).slice(0, SIGNERS);
  if (codes.length < SIGNERS) return null;
  return { roster: whole.roster, signatures: codes.map((code) => whole.signatures.find((one) => one.code === code)) };
}

const same = (one, other) => canonical(one) === canonical(other);

// What a new version changes, for the eyes of whoever signs it.
export function changes(before, after) {
  const old = before?.officers ?? [];
  return {
    added: after.officers.filter(({ code }) => !old.some((other) => other.code === code)),
    removed: old.filter(({ code }) => !after.officers.some((other) => other.code === code)),
    changed: after.officers.filter((one) => old.some((other) => other.code === one.code && !same(one, other))),
    supervisor: !before || !same(before.supervisor, after.supervisor),
    recovery: !before || before.recovery !== after.recovery,
  };
}

// The public keys a code has had: what was written long ago is checked too.
export const keysOf = (rosters, code) =>
  rosters.flatMap(({ officers }) => officers.filter((one) => one.code === code).map(({ sign }) => sign));
