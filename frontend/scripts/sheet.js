// A name is found in a long attendance sheet while it is typed; signs above letters do not matter.
const plain = (text) =>
  text
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/đ/gi, "d")
    .toLowerCase();

export function sheetSearch() {
  document.querySelectorAll("[data-sheet-search]").forEach((box) => {
    const input = box.querySelector("input");
    const lines = [...box.closest("form").querySelectorAll("[data-name]")];
    if (lines.length < 10) return;
    box.hidden = false;
    input.addEventListener("input", () => {
      const words = plain(input.value).split(/\s+/).filter(Boolean);
      lines.forEach((line) => {
        const name = plain(line.dataset.name);
        line.hidden = !words.every((word) => name.includes(word));
      });
    });
    // Enter looks on, it does not confirm the list.
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
  });
}
