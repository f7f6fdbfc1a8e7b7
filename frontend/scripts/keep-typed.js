// What somebody has typed survives a line that breaks while it is sent.
// Only fields of forms marked data-keep are kept, in this tab, and only until the form has been taken.
const PREFIX = "footpath:typed:";

const fields = (form) =>
  [...form.elements].filter(
    (field) =>
      field.name &&
      field.name !== "csrfmiddlewaretoken" &&
      !["password", "file", "hidden", "submit", "button", "checkbox", "radio"].includes(field.type),
  );

const place = (form) => PREFIX + location.pathname + "#" + form.dataset.keep;

export function keepTyped() {
  const read = (key) => {
    try {
      return JSON.parse(sessionStorage.getItem(key));
    } catch {
      return null;
    }
  };

  document.querySelectorAll("form[data-keep]").forEach((form) => {
    const kept = read(place(form));
    if (kept) {
      for (const field of fields(form)) {
        if (!field.value && kept[field.name]) field.value = kept[field.name];
      }
    }
    const untouched = (all) => all.every((field) => field.value === field.defaultValue);

    form.addEventListener("input", () => {
      const values = Object.fromEntries(fields(form).map((field) => [field.name, field.value]));
      try {
        sessionStorage.setItem(place(form), JSON.stringify(values));
      } catch {
        // Private windows may refuse to store; the form still works.
      }
    });
    window.addEventListener("beforeunload", (event) => {
      if (!form.dataset.sent && !untouched(fields(form).filter((f) => "defaultValue" in f))) {
        event.preventDefault();
      }
    });
    form.addEventListener("submit", () => {
      form.dataset.sent = "yes";
    });
  });

  // The page after a sent form says with data-kept-done whose text has arrived.
  document.querySelectorAll("[data-kept-done]").forEach((mark) => {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX) && key.endsWith("#" + mark.dataset.keptDone)) {
        sessionStorage.removeItem(key);
      }
    }
  });
}
