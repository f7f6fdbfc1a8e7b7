// Who has the desk open: the keys, what they open, and the clock that wipes them.
import * as answering from "./desk-answering.js";
import * as counters from "./desk-counters.js";
import { workdays } from "./desk-days.js";
import * as done from "./desk-done.js";
import { agreed, complaintsOf, fetchAll, missing, outlived, toReseal, unseen } from "./desk-inbox.js";
import { daysOf, word } from "./desk-page.js";
import { officerOf, recipientsOf } from "./desk-roster.js";
import { merged, threadsOf } from "./desk-threads.js";
import { Refused } from "./desk-server.js";
import { recipientOf } from "./receipt.js";
import { surroundings } from "./page.js";
import { trusted } from "./trust.js";

export const IDLE = 15 * 60 * 1000;

export const trust = () => trusted(surroundings().notice, surroundings().rosters);

// officer, supervisor, reader (opens and signs nothing) or outside (on no roster yet).
function roleOf(roster, bundle, recipient) {
  if (!roster) return bundle.sign ? "outside" : "";
  if (recipient === roster.recovery) return "reader";
  const officer = roster.officers.find(({ age }) => age === recipient);
  if (officer) return bundle.sign && officer.code === bundle.code ? "officer" : "reader";
  if (recipient === roster.supervisor.age) return "supervisor";
  return bundle.sign ? "outside" : "";
}

const nameOf = (roster, bundle) =>
  (roster && (officerOf(roster, bundle.code) ?? (roster.supervisor.code === bundle.code ? roster.supervisor : null)))?.name ?? bundle.code;

// The desk for these keys; null when they open nothing here.
export async function opened(bundle) {
  const { roster, rosters } = await trust();
  const recipient = await recipientOf(bundle.age);
  const role = roleOf(roster, bundle, recipient);
  if (!role) return null;
  return {
    bundle,
    identities: [bundle.age],
    role,
    name: nameOf(roster, bundle),
    roster,
    rosters,
    recipients: roster ? recipientsOf(roster) : [],
    today: word("today"),
    calendar: workdays(daysOf("off"), daysOf("worked")),
    now: () => new Date().toISOString(),
    threads: [],
    locked: 0,
    counters: null,
  };
}

export async function withRoster(desk) {
  const { roster, rosters } = await trust();
  const recipient = await recipientOf(desk.bundle.age);
  const role = roleOf(roster, desk.bundle, recipient) || "outside";
  Object.assign(desk, { roster, rosters, role, name: nameOf(roster, desk.bundle), recipients: roster ? recipientsOf(roster) : [] });
}

const sum = (list) => list.reduce((count, one) => count + one, 0);

// Say what is done with, and join the colleagues who have said it; what the server does not take now is
// said again next time.
async function sayDone(desk, data) {
  const { join, propose } = done.due(merged(data).told, desk, agreed(data, desk));
  for (const one of join) {
    try {
      await done.join(desk, one);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }
  await done.propose(desk, propose);
}

// What an officer's browser does by itself each time everything was fetched. Returns what it says.
async function housekeeping(desk, data) {
  const said = [];
  const read = [];
  const fresh = unseen(data);
  for (const posting of fresh) {
    try {
      await answering.sayRead(desk, posting);
      read.push(posting.key);
    } catch {
      // One that cannot be told keeps nobody else waiting; it is tried again next time.
    }
  }
  if (read.length < fresh.length) said.push(word("readingLost"));
  await answering.noteSeen(desk, read);
  if (read.length) said.push(word("saysRead", { count: read.length }));
  const { wanted, unasked } = missing(data, desk.roster);
  if (unasked.length) await answering.askForKeys(desk, unasked);
  if (wanted.length) said.push(word("askedColleagues"));
  const old = toReseal(data, desk.roster);
  const count = old.postings.length + old.told.length;
  if (count || old.old.length) await answering.reseal(desk, old);
  if (count) said.push(word("resealed", { number: desk.roster.number, count }));
  // Whoever cannot open everything cannot tell what is over.
  if (!wanted.length && !data.locked.length) {
    await answering.dropBlobs(desk, outlived(data));
    await sayDone(desk, data);
  }
  return { said, changed: read.length + unasked.length + count > 0 };
}

// Fetch everything and open what can be opened; returns sentences for the officer.
export async function refresh(desk, tidy = true) {
  if (!desk.roster || desk.role === "outside") return [];
  let data = await fetchAll(desk);
  let said = [];
  if (desk.role === "officer" && tidy) {
    const done = await housekeeping(desk, data);
    said = done.said;
    if (done.changed) data = await fetchAll(desk);
  }
  if (desk.role === "supervisor") data = { postings: complaintsOf(data), blobs: [], locked: [] };
  const both = merged(data);
  desk.locked = sum([missing(data, desk.roster).wanted.length, data.locked.length]);
  desk.threads = threadsOf(both, { today: desk.today, calendar: desk.calendar, number: desk.roster.number });
  desk.counters = counters.countersAt(both, desk);
  // Counted only by whoever can open everything: a new officer would count too few.
  if (desk.role === "officer" && tidy && !desk.locked) await counters.post(desk, both);
  return said;
}

// Calls `close` after 15 minutes without use, also when the device slept.
export function idleClock(close) {
  let last = Date.now();
  const used = () => {
    last = Date.now();
  };
  const look = () => {
    if (Date.now() - last >= IDLE) close();
  };
  for (const kind of ["pointerdown", "keydown", "input", "wheel", "scroll"]) document.addEventListener(kind, used, true);
  document.addEventListener("visibilitychange", look);
  setInterval(look, 5000);
  return used;
}
