// What somebody has typed survives a line that breaks while it is sent.
// Only text of forms marked data-keep="a name" is kept, in this tab, until the form has been taken.
const PREFIX = "footpath:typed:";

const fields = (form) =>
  [...form.elements].filter(
    (field) =>
      field.name &&
      field.name !== "csrfmiddlewaretoken" &&
      ["text", "textarea", "search", "number", "date", "datetime-local", "time"].includes(field.type),
  );

const place = (form) => `${PREFIX}${location.pathname}#${form.dataset.keep}`;

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, kept) {
  try {
    sessionStorage.setItem(key, JSON.stringify(kept));
  } catch {
    // Private windows may refuse to store; the form still works.
  }
}

function forgetTaken(forms) {
  const here = new Set(forms.map(place));
  const saved = document.querySelector(".fp-message.fp-note-done") !== null;
  for (const key of Object.keys(sessionStorage)) {
    if (!key.startsWith(PREFIX)) continue;
    // A sent form that led to another page, or to a word of success, has arrived.
    if (read(key)?.sent && (saved || !here.has(key))) sessionStorage.removeItem(key);
  }
}

export function keepTyped() {
  const forms = [...document.querySelectorAll("form[data-keep]")];
  try {
    forgetTaken(forms);
  } catch {
    return;
  }
  for (const form of forms) {
    const kept = read(place(form))?.values;
    if (kept) {
      for (const field of fields(form)) {
        if (!field.value && kept[field.name]) field.value = kept[field.name];
      }
    }
    const keep = (sent) =>
      write(place(form), {
        sent,
        values: Object.fromEntries(fields(form).map((field) => [field.name, field.value])),
      });
    form.addEventListener("input", () => keep(false));
    form.addEventListener("submit", () => keep(true));
  }
}
