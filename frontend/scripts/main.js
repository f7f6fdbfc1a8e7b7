// Everything here makes pages quicker. Each page works without it.
import htmx from "htmx.org/dist/htmx.esm.js";
import { guardSending } from "./sending.js";
import { keepTyped } from "./keep-typed.js";
import { menus } from "./menus.js";
import { bulk } from "./bulk.js";
import { fileSizes } from "./files.js";
import { sheetSearch } from "./sheet.js";
import { position } from "./position.js";
import { outbox, sameParts } from "./outbox.js";

Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  timeout: 20000,
  scrollIntoViewOnBoost: false,
  // A form with mistakes comes back as 422 and takes its place again.
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true },
    { code: "[45]..", swap: false, error: true },
  ],
});

document.addEventListener("htmx:configRequest", (event) => {
  const { verb, headers } = event.detail;
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (verb !== "get" && token) headers["X-CSRFToken"] = token.value;
});

// A refused or lost request falls back to the ordinary page instead of doing nothing.
document.addEventListener("htmx:responseError", (event) => {
  const link = event.detail.elt.closest?.("a[href]");
  if (link) window.location.assign(link.href);
});

guardSending();
keepTyped();
menus();
bulk();
fileSizes();
sheetSearch();
position();
outbox();
sameParts();

// What has to be corrected is read out and seen first.
const showMistakes = (root) => root.querySelector("[data-error-summary]")?.focus();
document.addEventListener("htmx:afterSettle", (event) => showMistakes(event.detail.elt));
showMistakes(document);
