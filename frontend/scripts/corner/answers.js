// Answers: the one list that everybody downloads, searched in this browser with the receipt.
import { all, drawn, fetched, filled, one } from "./common.js";
import { answerIn, opener, records } from "./envelope.js";
import { keepUntilDue, sealed, sendDue } from "./outbox.js";
import { busy, canAsk, ground, keepSending, mistake, openMonths, settled, show, surroundings, turnTo, whenLeaving, words } from "./page.js";
import { openedBy, wrongIn } from "./receipt.js";
import { writing } from "./writing.js";

const AT_ONCE = 64;

const search = one("#search");
const field = one("#typed");
const on = one("#ask-on");
const further = writing(on);
let trust = null;
// What the typed receipt opens; forgotten with the page.
let mine = null;

// The list is fetched when the page opens, whoever opens it: not when a receipt is typed.
async function list() {
  const address = surroundings().bulletin;
  try {
    const answer = await fetched(address, { cache: "no-cache" });
    if (!answer.ok) throw new Error(`the list answers ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  } catch (error) {
    const kept = await window.caches?.match(address);
    if (!kept) throw error;
    show(one("#old-list"));
    return new Uint8Array(await kept.arrayBuffer());
  }
}

// Everything in the list that the identity opens. What stands before the empty record two officers
// have signed; behind it are signs of reading, which one alone may give: an answer there is none.
async function opened(bytes, identity) {
  const open = await opener([identity]);
  const list = records(bytes);
  const divider = list.findIndex(({ sealed }) => sealed.length === 0);
  const found = [];
  for (let at = 0; at < list.length; at += AT_ONCE) {
    const plain = await Promise.all(list.slice(at, at + AT_ONCE).map(({ sealed }) => open(sealed)));
    for (const [place, text] of plain.entries()) {
      const answer = text && answerIn(text);
      if (answer?.kind === (at + place < divider ? "answer" : "read")) found.push(answer);
    }
  }
  return found;
}

// "(2/3) ..." is the second of three parts of one long answer.
const part = ({ text }) => Number(/^\((\d+)\/\d+\)/.exec(text)?.[1] ?? 0);
const order = (one, other) =>
  (one.kind === "answer") - (other.kind === "answer") || one.epoch.localeCompare(other.epoch) || part(one) - part(other);

function month(epoch) {
  const [year, number] = epoch.split("-").map(Number);
  const { lang } = document.documentElement;
  return new Intl.DateTimeFormat(lang, { month: "long", year: "numeric" }).format(new Date(year, number - 1, 1));
}

const nameOf = (code) => trust.roster.officers.find((officer) => officer.code === code)?.name ?? code;

function row(answer) {
  const entry = one(`#entry-${answer.kind}`).content.cloneNode(true);
  one("[data-month]", entry).textContent = month(answer.epoch);
  const text = one("[data-text]", entry);
  if (text) text.textContent = answer.text;
  const by = one("[data-by]", entry);
  if (by) by.textContent = filled(words().by, { names: answer.by.map(nameOf).join(", ") });
  return entry;
}

function tell(answers) {
  const thread = answers.sort(order);
  one("#thread").replaceChildren(...thread.map(row));
  const answered = thread.some(({ kind }) => kind === "answer");
  show(one("#found"), thread.length > 0);
  show(one("#nothing-yet"), thread.length === 0);
  show(one("#read-only"), thread.length > 0 && !answered);
  one("#found-title").textContent = answered ? words().answered : words().read;
}

async function look() {
  const wrong = wrongIn(field.value);
  mistake(field, wrong ? words()[wrong] : "");
  if (wrong) {
    field.focus();
    return;
  }
  one("#progress").textContent = words().looking;
  await drawn();
  try {
    const bytes = await listed;
    mine = await openedBy(field.value);
    tell(await opened(bytes, mine.identity));
    field.value = "";
    turnTo("thread");
    show(one("#no-tokens"), !(await canAsk(trust)));
  } catch {
    show(one("#no-list"));
  } finally {
    one("#progress").textContent = "";
  }
}

async function askOn() {
  if (!further.ready()) return;
  if (!(await canAsk(trust))) {
    show(one("#no-tokens"));
    return;
  }
  await drawn();
  const soon = on.elements.when.value === "now";
  const envelope = await sealed(
    {
      kind: on.elements.kind.value,
      thread: mine.thread,
      topic: "other",
      language: surroundings().language,
      consent: false,
      text: further.text(),
      reply_to: mine.recipient,
    },
    trust.roster,
  );
  const kept = await keepUntilDue(envelope, { keys: trust.keys, open: openMonths(), soon });
  const { sent } = kept && soon ? await sendDue(surroundings().postings) : { sent: 0 };
  const outcome = kept ? (soon ? (sent ? "sent" : "kept") : "later") : "none";
  for (const line of all("[data-outcome]")) show(line, line.dataset.outcome === outcome);
  further.wipe();
  on.reset();
  turnTo("sent");
}

function wipe() {
  field.value = "";
  mine = null;
  one("#thread").replaceChildren();
  further.wipe();
}

search.addEventListener("submit", (event) => {
  event.preventDefault();
  if (trust?.roster) busy(one("#look"), look);
});
field.addEventListener("input", () => mistake(field, ""));
on.addEventListener("submit", (event) => {
  event.preventDefault();
  busy(one("#seal"), askOn);
});
for (const button of all("[data-again]")) {
  button.addEventListener("click", () => {
    wipe();
    turnTo("search");
  });
}
whenLeaving(wipe);

const listed = list();
listed.catch(() => show(one("#no-list")));
turnTo("search");
trust = await ground();
if (trust) {
  show(one("#no-officers"), !trust.roster);
  one("#look").disabled = !trust.roster;
  await keepSending(trust);
}
settled();
