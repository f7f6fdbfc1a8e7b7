// The list of threads: what waits longest first, on a phone as cards.
import { all, one } from "./common.js";
import { mayApprove, mayCloseToo } from "./desk-answering.js";
import { PROMISED } from "./desk-days.js";
import { fillView, languageName, made, note, shownDay, shownNumber, topicName, word } from "./desk-page.js";
import { officerOf } from "./desk-roster.js";
import { show } from "./page.js";

const SHOWN_SIGNS = 90;

const FILTERS = {
  waiting: ({ state, waiting }) => waiting.length > 0 || ["draft", "returned", "toApprove"].includes(state),
  approve: (thread, desk) => (thread.state === "toApprove" && mayApprove(desk, thread.draft)) || mayCloseToo(desk, thread),
  answered: ({ state }) => state === "answered",
  closed: ({ state }) => state === "closed",
};

export const shortened = (text, length = SHOWN_SIGNS) => {
  const line = text.replace(/\s+/g, " ").trim();
  return [...line].length > length ? `${[...line].slice(0, length - 1).join("")}…` : line;
};

export const officerName = (desk, code) => (code ? (officerOf(desk.roster, code)?.name ?? code) : word("nobody"));

// Never only a number: late, nearly late, or in time.
export function clock({ waiting, days }) {
  if (!waiting.length) return "";
  if (days > PROMISED) return made("clock-over", { text: word("daysOver", { count: shownNumber(days - PROMISED) }) });
  return made(PROMISED - days <= 2 ? "clock-soon" : "clock-time", { text: word("days", { count: shownNumber(days) }) });
}

export function chips(desk, thread) {
  const row = document.createDocumentFragment();
  if (desk.role !== "supervisor") row.append(made(`chip-${thread.state}`));
  if (thread.complaint) row.append(" ", made("chip-complaint"));
  if (thread.consent) row.append(" ", made("chip-consent"));
  return row;
}

function row(desk, thread, open) {
  const { question } = thread.postings.at(-1);
  const line = made("row-thread", {
    text: shortened(question.text),
    second: `${word(`kind${question.kind === "ask" ? "Ask" : question.kind === "complaint" ? "Complaint" : "FollowUp"}`)}, ${word("on", { day: shownDay(thread.postings.at(-1).seen) })}`,
    topic: topicName(thread.topic),
    language: languageName(thread.language),
    assigned: desk.role === "supervisor" ? "" : officerName(desk, thread.assigned),
    waits: desk.role === "supervisor" ? "" : clock(thread),
    state: chips(desk, thread),
  });
  const button = one("button", line);
  button.lang = question.language;
  button.addEventListener("click", () => open(thread.id));
  one("tr", line).classList.toggle("fp-late", thread.overdue);
  return line;
}

export function inboxView(state, open) {
  let filter = "waiting";

  function draw() {
    const { desk } = state;
    const listed = (name) => desk.threads.filter((thread) => FILTERS[name](thread, desk));
    const found = listed(filter);
    for (const button of all("[data-filter]")) {
      button.setAttribute("aria-pressed", String(button.dataset.filter === filter));
      one("[data-count]", button).textContent = shownNumber(listed(button.dataset.filter).length);
    }
    one("#threads tbody").replaceChildren(...found.map((thread) => row(desk, thread, open)));
    show(one("[data-threads]"), found.length > 0);
    show(one("[data-none]"), found.length === 0);
    show(one(".desk-filters"), desk.role !== "supervisor");
    const whose = { officer: "openAs", supervisor: "openSupervisor", reader: "openRecovery", outside: "openAs" }[desk.role];
    fillView("inbox", { "open-as": word(whose, { name: desk.name }), locked: word("locked", { count: shownNumber(desk.locked) }) });
    note("locked", desk.locked > 0);
  }

  for (const button of all("[data-filter]")) {
    button.addEventListener("click", () => {
      ({ filter } = button.dataset);
      draw();
    });
  }
  return draw;
}
