// What the officers promise and keep, month by month, without a name: posted when the desk is used.
import { monthOf, monthsBefore } from "./desk-days.js";
import { postCounters } from "./desk-server.js";
import { countersOf } from "./desk-threads.js";

const MONTHS = 3;

// Older months are left as they were posted: their questions begin to be deleted.
export function epochsAt(today) {
  const month = monthOf(today);
  return Array.from({ length: MONTHS }, (_, count) => monthsBefore(month, MONTHS - 1 - count));
}

export const countersAt = (both, { today, calendar }) => countersOf(both, { today, calendar, epochs: epochsAt(today) });

export async function post(desk, both) {
  const counters = countersAt(both, desk);
  await postCounters(desk.bundle, counters);
  return counters;
}
