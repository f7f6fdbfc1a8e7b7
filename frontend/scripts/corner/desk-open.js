// The desk itself: opened with code and passphrase, one view at a time, closed and wiped.
import { all, one } from "./common.js";
import * as keys from "./desk-keys.js";
import { codeTyped } from "./desk-set-up.js";
import { drawFigures } from "./desk-figures-view.js";
import { inboxView } from "./desk-inbox-view.js";
import { officersView } from "./desk-officers-view.js";
import { empty, Mistake, note, onDeed, onForm, say, typed, word } from "./desk-page.js";
import { idleClock, opened, refresh, trust, withRoster } from "./desk-session.js";
import { wrappedKeys } from "./desk-server.js";
import { threadView } from "./desk-thread-view.js";
import { recipientOf } from "./receipt.js";
import { show } from "./page.js";
import { Untrusted } from "./trust.js";

// Everything the page knows; nothing of it is written anywhere else.
const state = { desk: null, thread: "", view: "sign-in", trail: [] };

const draws = {};

// Keys of the sheet: those of an officer, or the recovery key, which signs nothing.
async function bundleOnSheet() {
  try {
    const age = await keys.identityFromPaper(typed("sheet-age"));
    const seed = one("#sheet-sign").value.trim();
    const sign = seed ? keys.seedFromPaper(seed) : "";
    const recipient = await recipientOf(age);
    const { roster } = await trust();
    const people = roster ? [...roster.officers, roster.supervisor] : [];
    return { v: 1, code: people.find((one) => one.age === recipient)?.code ?? "", age, sign };
  } catch (error) {
    if (error instanceof Mistake || error instanceof Untrusted) throw error;
    throw new Mistake(word("wrongSheet"), "sheet-age");
  }
}

async function bundleByPassphrase() {
  const code = codeTyped();
  const passphrase = one("#passphrase").value;
  const wrapped = (await wrappedKeys())[code];
  const bundle = wrapped && (await keys.unwrap(wrapped, passphrase));
  if (!bundle || bundle.code !== code) throw new Mistake(word("wrongSignIn"), "passphrase");
  return bundle;
}

function alarm(error) {
  if (!(error instanceof Untrusted)) return false;
  one("[data-desk-alarm]").textContent = word(error.what === "notice" ? "untrustedNotice" : "untrustedRoster");
  note("alarm", true);
  close("");
  return true;
}

// Show a view; the address stays the same, the browser's way back leads to the view before.
function turn(view, { remember = true } = {}) {
  if (remember && state.view !== "sign-in") {
    state.trail = [...state.trail.slice(0, (history.state?.at ?? 0) + 1), { view, thread: state.thread }];
    history.pushState({ at: state.trail.length - 1 }, "");
  }
  state.view = view;
  for (const section of all("[data-view]")) show(section, section.dataset.view === view);
  show(one("[data-desk-open]"), view !== "sign-in");
  for (const tab of all("[data-go]")) {
    if (tab.dataset.go === view) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  window.scrollTo(0, 0);
  const heading = one(`[data-view="${view}"] h1`);
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

async function go(view, options) {
  if (draws[view]) await draws[view]();
  turn(view, options);
}

// Fetch again after a deed and stay where the officer is.
async function again(sentence = "") {
  let said;
  try {
    await withRoster(state.desk);
    said = await refresh(state.desk);
  } catch (error) {
    if (alarm(error)) return;
    throw error;
  }
  shape();
  const gone = ["thread", "publish"].includes(state.view) && !state.desk.threads.some(({ id }) => id === state.thread);
  if (gone) await go("inbox");
  else await draws[state.view]?.();
  say([sentence, ...said].filter(Boolean).join(" "));
  if (sentence) one(".desk-said").focus({ preventScroll: false });
}

// What the role of the keys leaves out.
function shape() {
  const { role } = state.desk;
  for (const element of all("[data-officers-only]")) show(element, role === "officer");
  show(one('[data-go="inbox"]'), role !== "outside");
  show(one('[data-deed="fetch"]'), role !== "outside");
}

async function open(bundle, form) {
  let desk;
  try {
    desk = await opened(bundle);
    if (!desk) throw new Mistake(word("notOnRoster"));
    const said = await refresh(desk);
    state.desk = desk;
    empty(form);
    shape();
    say(desk.roster && desk.role === "outside" ? word("notOnRoster") : said.join(" "));
  } catch (error) {
    if (alarm(error)) return;
    throw error;
  }
  const first = desk.role === "outside" ? "officers" : "inbox";
  state.trail = [{ view: first, thread: "" }];
  history.replaceState({ at: 0 }, "");
  await go(first, { remember: false });
}

// Everything goes: keys, texts, what was typed, what was shown.
function close(sentence) {
  const wasOpen = state.desk !== null;
  Object.assign(state, { desk: null, thread: "", trail: [] });
  if (wasOpen) for (const view of wipes) view.wipe();
  for (const list of all("[data-entries], #threads tbody, #figures tbody, [data-members], [data-next], [data-changes]")) list.replaceChildren();
  for (const slot of all("[data-view] [data-slot], [data-desk-open] [data-slot]")) slot.replaceChildren();
  for (const choice of all("[data-desk-open] select")) choice.replaceChildren();
  empty(document);
  turn("sign-in", { remember: false });
  say(sentence);
}

const wipes = [];

export function desk() {
  const thread = threadView(state, { again, go });
  const officers = officersView(state, { again });
  wipes.push(thread, officers);
  draws.inbox = inboxView(state, async (id) => {
    state.thread = id;
    say("");
    await go("thread");
  });
  draws.thread = thread.draw;
  draws.publish = thread.drawPublish;
  draws.officers = officers.draw;
  draws.figures = () => drawFigures(state.desk);

  onForm("sign-in", async (form) => {
    say(word("working"));
    try {
      await open(await bundleByPassphrase(), form);
    } catch (error) {
      say("");
      if (!alarm(error)) throw error;
    }
  });
  onForm("sheet", async (form) => open(await bundleOnSheet(), form));
  onDeed("fetch", () => again(word("fetched", { count: state.desk.threads.length })));
  onDeed("close", () => close(word("closed")));
  for (const tab of all("[data-go]")) tab.addEventListener("click", () => go(tab.dataset.go));
  window.addEventListener("popstate", async (event) => {
    const step = state.desk && state.trail[event.state?.at];
    if (!step) return;
    state.thread = step.thread;
    await go(step.view, { remember: false });
  });
  window.addEventListener("pagehide", () => close(""));
  idleClock(() => state.desk && close(word("closedIdle")));
}
