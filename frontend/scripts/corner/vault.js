// The page in a hidden frame of the member side: it takes the four tokens of the month, and fetches
// the list of answers as every member's browser does. It never posts anything.
import { takeIn } from "./slots.js";

const { member, bulletin } = document.body.dataset;

window.addEventListener("message", (event) => {
  if (!member || event.origin !== member || event.source !== window.parent) return;
  const { kind, epoch, slots } = event.data ?? {};
  if (kind !== "slots") return;
  let kept = false;
  try {
    kept = takeIn(epoch, slots);
  } catch {
    // No room, or storage is switched off here: the member side keeps its copy.
  }
  window.parent.postMessage({ kind: kept ? "kept" : "refused", epoch }, member);
});

async function fetchAnswers() {
  try {
    const kept = await caches.open("footpath-corner");
    const answer = await fetch(bulletin, { credentials: "omit", referrerPolicy: "no-referrer", cache: "no-cache" });
    if (answer.ok) await kept.put(bulletin, answer);
  } catch {
    // The page of answers fetches the list itself.
  }
}

if (member && window.parent !== window) {
  window.parent.postMessage({ kind: "ready" }, member);
  fetchAnswers();
}
