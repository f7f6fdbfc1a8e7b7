// Menus are <details>: Escape or a tap elsewhere closes them, and only one stands open.
const open = () => document.querySelectorAll("details[data-menu][open], details.fp-clock[open]");

export function menus() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      const inside = menu.contains(document.activeElement);
      menu.open = false;
      if (inside) menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    for (const menu of open()) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
}
