// What every page for members does when it opens: check whom it trusts, and let go what is due.
import { all, one } from "./common.js";
import { letGo, sendAgain, sendDue, spendOnCovers, stranded, tokensLeft } from "./outbox.js";
import { forgetBefore } from "./slots.js";
import { trusted, Untrusted } from "./trust.js";

const LATER = 15 * 60 * 1000;

export const words = () => one("#words").dataset;
export const surroundings = () => document.body.dataset;
export const openMonths = () => (surroundings().open ?? "").split(" ").filter(Boolean);

export function show(element, shown = true) {
  if (element) element.hidden = !shown;
}

// Show one of the page's views; after the first one, take the reader to its heading.
export function turnTo(name) {
  const turned = all("[data-view]").some((view) => !view.hidden);
  for (const view of all("[data-view]")) show(view, view.dataset.view === name);
  if (!turned) return;
  window.scrollTo(0, 0);
  const heading = all(`[data-view="${name}"] h1`).find((title) => title.checkVisibility?.() ?? true);
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus();
}

function alarm(error) {
  const box = one("#alarm");
  const what = error instanceof Untrusted ? error.what : "network";
  show(box);
  for (const sentence of all("[data-alarm]", box)) show(sentence, sentence.dataset.alarm === what);
}

// The keys and the officers that this browser trusts; null, with an alarm on the page, when it may not.
export async function ground() {
  if (!window.isSecureContext || !window.crypto?.subtle) {
    alarm(new Untrusted("insecure", "no cryptography without https"));
    return null;
  }
  try {
    return await trusted(surroundings().notice, surroundings().rosters);
  } catch (error) {
    alarm(error);
    return null;
  }
}

export const canAsk = async (trust) => Boolean(trust?.roster) && (await tokensLeft(trust.keys, openMonths())) > 0;

const STRANDED = ["missed", "perhaps"];

function tellStranded() {
  const kinds = stranded();
  for (const kind of STRANDED) show(one(`#${kind}`), kinds.has(kind));
}

// What was given up is sent again with another token, or let go: whoever asked decides.
function onStranded({ keys }) {
  for (const kind of STRANDED) {
    const box = one(`#${kind}`);
    const [again, drop] = all("button", box);
    again.addEventListener("click", () =>
      busy(again, async () => {
        show(one("[data-none]", box), !(await sendAgain(kind, { keys, open: openMonths() })));
        tellStranded();
      }),
    );
    drop.addEventListener("click", () => busy(drop, () => letGo(kind).then(tellStranded)));
  }
}

// Post what is due, now and while the page stays open.
export async function keepSending(trust) {
  const { postings, language, oldest } = surroundings();
  if (oldest) forgetBefore(oldest);
  if (trust.roster) await spendOnCovers({ ...trust, open: openMonths(), language });
  const round = async () => {
    await sendDue(postings);
    tellStranded();
  };
  onStranded(trust);
  await round();
  setInterval(round, LATER);
}

// The page has looked around: what it shows now holds.
export const settled = () => (document.body.dataset.ready = "");

// Call `wipe` when the page is left; a page that comes back from memory begins anew.
export function whenLeaving(wipe) {
  window.addEventListener("pagehide", wipe);
  window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());
}

// While something is worked on, its button says so and cannot be pressed again.
export async function busy(button, work) {
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
  try {
    return await work();
  } finally {
    button.removeAttribute("aria-busy");
    button.disabled = false;
  }
}

// An error below a field, said aloud and tied to it; "" takes it away.
export function mistake(field, sentence) {
  const box = field.closest(".fp-field");
  const line = one(".fp-error", box);
  one("span", line).textContent = sentence;
  show(line, Boolean(sentence));
  box.classList.toggle("fp-field-bad", Boolean(sentence));
  if (sentence) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}
