// What the views of the desk share: sentences of the page, forms, parts that come and go.
import { all, drawn, filled, one } from "./common.js";
import { Refused } from "./desk-server.js";
import { busy, show } from "./page.js";

const sentences = () => one("#desk-words");

export const word = (name, values = {}) => filled(sentences().dataset[name] ?? name, values);
export const daysOf = (name) => (sentences().dataset[name] ?? "").split(" ").filter(Boolean);
export const languageName = (code) => sentences().getAttribute(`data-language-${code}`) ?? code;
export const capital = (text) => text.replace(/(?:^|-)([a-z])/g, (_, letter) => letter.toUpperCase());
export const topicName = (topic) => sentences().dataset[`topic${capital(topic)}`] ?? topic;

// Days as Footpath writes them: "Sun 22 November", not the American order.
export const locale = () => (document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang);

export const shownDay = (day) =>
  new Intl.DateTimeFormat(locale(), { weekday: "short", day: "numeric", month: "long", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));

export const shownMonth = (month) =>
  new Intl.DateTimeFormat(locale(), { month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(`${month}-01T00:00:00Z`));

export const shownNumber = (number) => new Intl.NumberFormat(locale()).format(number);

// A copy of a part of the page, with its slots filled: texts as text, parts as parts.
export function made(id, slots = {}) {
  const part = one(`#${id}`).content.cloneNode(true);
  fill(part, slots);
  return part;
}

export function fill(root, slots) {
  for (const [name, value] of Object.entries(slots)) {
    for (const slot of all(`[data-slot="${name}"]`, root)) slot.replaceChildren(value ?? "");
  }
}

export const fillView = (name, slots) => fill(one(`[data-view="${name}"]`), slots);
export const textIn = (id) => one(`#${id}`).content.textContent.trim();
export const part = (name) => one(`[data-part="${name}"]`);
export const note = (name, shown) => show(one(`[data-note="${name}"]`), shown);

// Said aloud and shown above everything.
export function say(sentence) {
  one("[data-said]").textContent = sentence;
}

// A mistake that a form explains in place.
export class Mistake extends Error {
  constructor(sentence, field = "") {
    super(sentence);
    this.field = field;
  }
}

export function explained(error) {
  if (error instanceof Mistake) return error.message;
  if (error instanceof Refused) return word("refused");
  return error instanceof TypeError ? word("network") : word("failed");
}

function showMistake(form, error) {
  const line = one("[data-wrong]", form);
  one("span", line).textContent = explained(error);
  show(line, true);
  const field = error instanceof Mistake && error.field && one(`#${error.field}`, form);
  if (field) {
    field.setAttribute("aria-invalid", "true");
    field.closest(".fp-field")?.classList.add("fp-field-bad");
    field.focus();
  }
}

function clearMistakes(form) {
  show(one("[data-wrong]", form), false);
  for (const field of all("[aria-invalid]", form)) field.removeAttribute("aria-invalid");
  for (const box of all(".fp-field-bad", form)) box.classList.remove("fp-field-bad");
}

// What was typed in a field; an empty one is a mistake.
export function typed(id) {
  const text = one(`#${id}`).value.trim();
  if (!text) throw new Mistake(word("empty"), id);
  return text;
}

export function empty(root) {
  for (const field of all("input, textarea", root)) {
    if (field.type === "checkbox") field.checked = false;
    else field.value = "";
  }
}

// Let a form do its work in this page: once at a time, with its mistakes beside it.
export function onForm(name, work) {
  const form = one(`[data-form="${name}"]`);
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter ?? one("button:not([type=button])", form);
    if (button.disabled) return;
    clearMistakes(form);
    await busy(button, async () => {
      await drawn();
      try {
        await work(form, button);
      } catch (error) {
        showMistake(form, error);
      }
    });
  });
}

// Let a button outside of forms do its work; what goes wrong is said above.
export function onDeed(name, work) {
  for (const button of all(`[data-deed="${name}"]`)) {
    button.addEventListener("click", () =>
      busy(button, async () => {
        try {
          await work(button);
        } catch (error) {
          say(explained(error));
        }
      }),
    );
  }
}

export function fillChoice(id, choices, chosen = "") {
  const options = choices.map(([value, text]) => {
    const option = document.createElement("option");
    option.value = value;
    option.textContent = text;
    option.selected = value === chosen;
    return option;
  });
  one(`#${id}`).replaceChildren(...options);
}

export async function copyText(text) {
  await navigator.clipboard.writeText(text);
  say(word("copied"));
}

// A file of what everybody may read; nothing secret is ever saved.
export function saveText(name, text) {
  const link = document.createElement("a");
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

// Print one sheet and nothing else of the page.
export function printSheet() {
  document.documentElement.dataset.printing = "";
  window.addEventListener("afterprint", () => delete document.documentElement.dataset.printing, { once: true });
  window.print();
}

// The sheet of paper: secrets in groups that a hand can copy.
export function fillSheet(root, { code = "", fingerprint, age, sign = "" }) {
  const [, known, signs] = /^(AGE-SECRET-KEY-1)?(.*)$/.exec(age);
  const groups = (text) => text.match(/.{1,4}/g) ?? [];
  fill(root, { code, fingerprint, age: [known, ...groups(signs)].join(" "), sign: groups(sign).join(" ") });
  show(one('[data-sheet-row="code"]', root), code !== "");
  show(one('[data-sheet-row="sign"]', root), sign !== "");
}
