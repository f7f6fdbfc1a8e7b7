// The bar under a list counts the chosen rows and can choose all of them.
const boxes = (form) => [...form.querySelectorAll("input[data-pick]")];

function count(bar) {
  const form = bar.closest("form");
  const chosen = boxes(form).filter((box) => box.checked).length;
  bar.querySelector("[data-bulk-count]").textContent = String(chosen);
  bar.toggleAttribute("data-some", chosen > 0);
  const all = bar.querySelector("[data-bulk-all] input");
  if (all) {
    all.checked = chosen > 0 && chosen === boxes(form).length;
    all.indeterminate = chosen > 0 && !all.checked;
  }
}

export function bulk() {
  const ready = (root) => {
    root.querySelectorAll("[data-bulk]").forEach((bar) => {
      if (!bar.closest("form")) return;
      const all = bar.querySelector("[data-bulk-all]");
      if (all) all.hidden = false;
      count(bar);
    });
  };
  document.addEventListener("change", (event) => {
    const bar = event.target.closest("form")?.querySelector("[data-bulk]");
    if (!bar) return;
    if (event.target.closest("[data-bulk-all]")) {
      boxes(bar.closest("form")).forEach((box) => {
        box.checked = event.target.checked;
      });
    }
    count(bar);
  });
  document.addEventListener("reset", (event) => {
    const bar = event.target.querySelector("[data-bulk]");
    if (!bar) return;
    event.preventDefault();
    boxes(event.target).forEach((box) => {
      box.checked = false;
    });
    count(bar);
  });
  document.addEventListener("htmx:load", (event) => ready(event.detail.elt));
  ready(document);
}
