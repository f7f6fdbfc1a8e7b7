// What is done with and got no answer: covers of months that are over, and threads that were closed. The
// server cannot tell them from questions that wait, so two officers sign for each of them, and each signs
// only what their own browser has seen to be so.
import { bytesOf, canonical } from "./common.js";
import { monthOf, monthsBefore } from "./desk-days.js";
import { signature } from "./desk-keys.js";
import { officerOf } from "./desk-roster.js";
import * as server from "./desk-server.js";
import { holds } from "./trust.js";

const KEYS_A_BLOB = 80;

const signed = (keys, epoch) => bytesOf(canonical({ keys, epoch }));

// The server takes this month and the one before.
const isFresh = (epoch, today) => epoch <= monthOf(today) && epoch >= monthsBefore(monthOf(today), 1);

// `agreed` are the keys that this officer's browser sees to be done with. Of them: what a colleague has
// signed already, and what is to be said for the first time. `first` in a note is the colleague it joins.
export function due(told, { bundle, roster, today }, agreed) {
  const wanted = new Set(agreed);
  const said = told.filter(({ kind }) => kind === "done");
  const settled = new Set(said.filter(({ first }) => first).flatMap(({ keys }) => keys));
  const open = said.filter(({ first, epoch, keys }) => !first && isFresh(epoch, today) && !keys.every((key) => settled.has(key)));
  const holdsFor = ({ by, keys, epoch, signature: mark }) => {
    const key = officerOf(roster, by)?.sign;
    return key !== undefined && holds("done", signed(keys, epoch), mark, key);
  };
  const join = open.filter((one) => one.by !== bundle.code && one.keys.every((key) => wanted.has(key)) && holdsFor(one));
  const mine = open.filter(({ by }) => by === bundle.code);
  const covered = new Set([...settled, ...[...join, ...mine].flatMap(({ keys }) => keys)]);
  return { join, propose: [...wanted].filter((key) => !covered.has(key)).sort() };
}

const note = (desk, keys, epoch, first = "") =>
  server.postBlob(desk, { kind: "done", keys, epoch, first, signature: signature(desk.bundle, "done", signed(keys, epoch)) });

export async function propose(desk, keys) {
  for (let at = 0; at < keys.length; at += KEYS_A_BLOB) await note(desk, keys.slice(at, at + KEYS_A_BLOB), monthOf(desk.today));
}

export async function join(desk, { by, keys, epoch, signature: mark }) {
  const own = { officer: desk.bundle.code, signature: signature(desk.bundle, "done", signed(keys, epoch)) };
  await server.postDone(keys, epoch, [{ officer: by, signature: mark }, own]);
  await note(desk, keys, epoch, by);
}
