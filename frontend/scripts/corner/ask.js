// Asking: the limits, the question, its receipt. The same on a device that several people share, where
// the signs of a paper slip stand for a token and nothing is kept.
import { all, drawn, one } from "./common.js";
import { BUSY, keepUntilDue, post, sealed, sendDue } from "./outbox.js";
import { busy, canAsk, ground, keepSending, mistake, openMonths, settled, show, surroundings, turnTo, whenLeaving, words } from "./page.js";
import { canonicalSigns, grouped, newReceipt, openedBy, wrongIn } from "./receipt.js";
import { writing } from "./writing.js";

const READ = "footpath:corner:limits";
const LIMITS = "1";

const kiosk = one("#ask").dataset.mode === "kiosk";
const form = one("#ask");
const question = writing(form);
let trust = null;
// What is sealed and not sent yet: it lives in this page alone.
let held = null;

function limitsRead() {
  try {
    return !kiosk && localStorage.getItem(READ) === LIMITS;
  } catch {
    return false;
  }
}

function confirmLimits() {
  if (!kiosk) localStorage.setItem(READ, LIMITS);
  turnTo("ask");
}

function showReceipt(receipt) {
  all("[data-group]").forEach((box, at) => (box.textContent = grouped(receipt)[at]));
  one("#last").value = "";
  mistake(one("#last"), "");
  one("#done").disabled = true;
  turnTo("receipt");
}

function wipeReceipt() {
  all("[data-group]").forEach((box) => (box.textContent = ""));
  one("#last").value = "";
  held = null;
}

const askBeforeLeaving = (event) => {
  if (held) event.preventDefault();
};

// The signs of the slip that was typed; "" when they are wrong, with a word beside the field.
function slip() {
  const field = one("#slip");
  const wrong = wrongIn(field.value);
  mistake(field, wrong ? words()[`slip${wrong[0].toUpperCase()}${wrong.slice(1)}`] : "");
  if (wrong) field.focus();
  return wrong ? "" : canonicalSigns(field.value);
}

// A slip's QR code brings its signs behind the #, which no server is told. They leave the address at
// once, so that it can be shown to whoever comes next.
function takeScanned() {
  const scanned = /^#slip=([0-9A-Za-z]{24})$/.exec(location.hash)?.[1];
  if (!scanned) return;
  history.replaceState(null, "", location.pathname + location.search);
  one("#slip").value = grouped(canonicalSigns(scanned)).join(" ");
}

async function sealIt() {
  const code = kiosk ? slip() : "";
  if (kiosk && !code) return;
  if (!question.ready()) return;
  if (!kiosk && !(await canAsk(trust))) {
    show(one("#no-tokens"));
    one("#no-tokens").scrollIntoView({ block: "center" });
    return;
  }
  await drawn();
  const receipt = newReceipt();
  const { recipient, thread } = await openedBy(receipt);
  const envelope = await sealed(
    {
      kind: "ask",
      thread,
      topic: form.elements.topic.value,
      language: surroundings().language,
      consent: form.elements.consent.checked,
      text: question.text(),
      reply_to: recipient,
    },
    trust.roster,
  );
  held = { envelope, code, last: receipt.slice(-4), soon: kiosk || form.elements.when.value === "now" };
  question.wipe();
  form.reset();
  for (const line of all("[data-soon]")) show(line, held.soon);
  for (const line of all("[data-later]")) show(line, !held.soon);
  showReceipt(receipt);
}

// What became of it: "later", "sent", "kept" (not confirmed), "refused", "perhaps" or "none" (no token left).
async function letGo({ envelope, code, soon, unsure }) {
  const { postings } = surroundings();
  if (kiosk) {
    const taken = await post(postings, { slip: code, sealed: envelope });
    if (taken === BUSY) return "busy";
    if (taken !== null) return taken ? "sent" : unsure ? "perhaps" : "refused";
    held.unsure = true;
    return "unsent";
  }
  if (!(await keepUntilDue(envelope, { keys: trust.keys, open: openMonths(), soon }))) return "none";
  if (!soon) return "later";
  const { sent } = await sendDue(postings);
  return sent ? "sent" : "kept";
}

async function done() {
  const field = one("#last");
  if (!held || canonicalSigns(field.value) !== held.last) {
    mistake(field, words().otherSigns);
    field.focus();
    return;
  }
  const outcome = await letGo(held);
  // Nobody answered or looked at it: the receipt stays, and the button may be pressed again.
  if (["unsent", "busy"].includes(outcome)) {
    mistake(field, words()[outcome]);
    return;
  }
  wipeReceipt();
  for (const line of all("[data-outcome]")) show(line, line.dataset.outcome === outcome);
  turnTo("sent");
}

one("#confirm").addEventListener("click", confirmLimits);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (trust?.roster) busy(one("#seal"), sealIt);
});
one("#last").addEventListener("input", ({ target }) => {
  const typed = canonicalSigns(target.value);
  one("#done").disabled = typed !== held?.last;
  mistake(target, typed.length >= 4 && typed !== held?.last ? words().otherSigns : "");
});
one("#receipt").addEventListener("submit", (event) => {
  event.preventDefault();
  busy(one("#done"), done);
});
one("#again").addEventListener("click", () => {
  turnTo(limitsRead() ? "ask" : "limits");
});
window.addEventListener("beforeunload", askBeforeLeaving);
whenLeaving(() => {
  wipeReceipt();
  question.wipe();
  form.reset();
});

if (kiosk) {
  takeScanned();
  window.addEventListener("hashchange", takeScanned);
}
turnTo(limitsRead() ? "ask" : "limits");
trust = await ground();
if (trust) {
  show(one("#no-officers"), !trust.roster);
  one("#seal").disabled = !trust.roster || (!kiosk && !openMonths().length);
  if (!kiosk) {
    show(one("#no-tokens"), Boolean(trust.roster) && openMonths().length > 0 && !(await canAsk(trust)));
    await keepSending(trust);
  }
}
settled();
