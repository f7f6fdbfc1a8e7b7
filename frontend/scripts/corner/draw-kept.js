// What a browser keeps on the member side while it draws: nothing that could be spent stays.
const PIN = "footpath-corner-notice";
const PENDING = "footpath-corner-pending";
const REFUSED = "footpath-corner-refused";
const ALARM = "footpath-corner-alarm";
const ELSEWHERE = "footpath-corner-elsewhere";
const SEEN = "footpath-corner-seen";

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

const write = (name, value) => localStorage.setItem(name, JSON.stringify(value));

// Requests by member and month: several members may use one browser.
const all = () => read(PENDING) ?? {};

function change(member, epoch, value) {
  const pending = all();
  const mine = { ...pending[member], [epoch]: value };
  if (!value) delete mine[epoch];
  pending[member] = mine;
  if (!Object.keys(mine).length) delete pending[member];
  if (Object.keys(pending).length) write(PENDING, pending);
  else localStorage.removeItem(PENDING);
}

export const kept = {
  pin: () => read(PIN),
  setPin: (pin) => write(PIN, pin),

  pending: (member) => Object.values(all()[member] ?? {}),
  keep: (member, one) => change(member, one.epoch, one),
  drop: (member, epoch) => change(member, epoch, null),

  refused: (member) => read(REFUSED)?.[member],
  setRefused: (member, epoch) => write(REFUSED, { ...read(REFUSED), [member]: epoch }),

  alarm: () => read(ALARM),
  setAlarm: (alarm) => write(ALARM, alarm),

  forgetNotice() {
    localStorage.removeItem(PIN);
    localStorage.removeItem(ALARM);
  },

  elsewhere: () => localStorage.getItem(ELSEWHERE) === "1",
  setElsewhere(wished) {
    if (wished) localStorage.setItem(ELSEWHERE, "1");
    else localStorage.removeItem(ELSEWHERE);
  },

  // What can neither be signed nor spent any more: of a month before the one before this.
  forgetOld(epoch) {
    const [year, month] = epoch.split("-").map(Number);
    const before = month === 1 ? `${year - 1}-12` : `${year}-${String(month - 1).padStart(2, "0")}`;
    for (const [member, months] of Object.entries(all())) {
      for (const old of Object.keys(months)) if (old < before) change(member, old, null);
    }
  },

  // True once in a browser session.
  firstPage() {
    const first = !sessionStorage.getItem(SEEN);
    sessionStorage.setItem(SEEN, "1");
    return first;
  },
};
