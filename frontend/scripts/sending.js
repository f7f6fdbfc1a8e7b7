// One press sends once: the pressed button keeps its width and says that it is working.
export function guardSending() {
  const sending = new WeakSet();

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented) return;
    if (sending.has(form)) {
      event.preventDefault();
      return;
    }
    if (form.method === "get") return;
    sending.add(form);
    event.submitter?.setAttribute("aria-busy", "true");
  });

  const release = (form) => {
    sending.delete(form);
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  };

  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt.closest?.("form");
    if (form) release(form);
  });
  // Coming back with the back button shows the page as it was left: the form may be sent again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form").forEach(release);
  });
}
