// This device: cover, what it keeps, and the fingerprints that it has pinned.
import { filled, one } from "./common.js";
import { coverIsOn, setCover } from "./outbox.js";
import { ground, keepSending, settled, show, words } from "./page.js";
import { pinnedHash, short } from "./trust.js";

const OURS = "footpath:corner:";

function covering(box) {
  box.checked = coverIsOn();
  box.disabled = false;
  box.addEventListener("change", () => {
    setCover(box.checked);
    one("#said").textContent = box.checked ? words().coverOn : words().coverOff;
  });
}

async function forget() {
  for (const key of Object.keys(localStorage)) if (key.startsWith(OURS)) localStorage.removeItem(key);
  await window.caches?.delete("footpath-corner");
  one("#cover").checked = false;
  one("#said").textContent = words().forgotten;
}

function line(name, digest) {
  const row = one("#fingerprint").content.cloneNode(true);
  one("dt", row).textContent = name;
  one("dd", row).textContent = short(digest);
  return row;
}

function nameOf(entry) {
  const [year, number] = (entry.epoch ?? "2000-01").split("-").map(Number);
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { month: "long", year: "numeric" });
  if (entry.kind === "key") return filled(words().key, { month: format.format(new Date(year, number - 1, 1)) });
  if (entry.kind === "roster") return filled(words().roster, { number: entry.number });
  return filled(words().client, { version: entry.version });
}

function fingerprints(list, { entries }) {
  show(one("#no-notice"), entries.length === 0);
  if (!entries.length) return;
  const said = { key: "kid", roster: "digest", client: "digest" };
  list.replaceChildren(
    line(words().whole, entries.at(-1).hash),
    ...[...entries].reverse().map((entry) => line(nameOf(entry), entry[said[entry.kind]])),
  );
}

const box = one("#cover");
const list = one("#fingerprints");
if (box) {
  covering(box);
  one("#forget").addEventListener("click", forget);
}
const trust = await ground();
if (trust) {
  if (list) fingerprints(list, trust);
  await keepSending(trust);
} else if (list && pinnedHash()) {
  // After an alarm: what was seen before, to be compared with the paper.
  list.replaceChildren(line(words().whole, pinnedHash()));
}
settled();
