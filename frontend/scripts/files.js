// A file that is too big is named before it travels over a slow line.
// <input type="file" data-max-bytes="5000000" data-too-big="This file is larger than 5 MB.">
export function fileSizes() {
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (input.type !== "file" || !input.dataset.maxBytes) return;
    const tooBig = [...input.files].some((file) => file.size > Number(input.dataset.maxBytes));
    input.setCustomValidity(tooBig ? input.dataset.tooBig || "The file is too big." : "");
    if (tooBig) input.reportValidity();
  });
}
