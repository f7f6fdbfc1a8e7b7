// Draws the month's tokens of the Question Corner, unasked, in the browser of every member.
//
// On the pages of the member side. The arithmetic is done by a worker (draw-worker.js), the tokens
// are handed over to a hidden frame of the Corner, and nothing of them stays here. A request is
// kept before it is sent: when its answer is lost, the same one is sent again.
import { handOver, openFrame } from "./draw-frame.js";
import { inWorker } from "./draw-calling.js";
import { kept } from "./draw-kept.js";

const said = document.currentScript.dataset;

// One tab draws at a time, and a month once: of two requests the second would be refused.
async function draw() {
  const alarm = kept.alarm();
  if (alarm?.epoch === said.epoch) raise(alarm.what);
  if (kept.elsewhere() || !window.crypto?.subtle || !navigator.locks) return;
  await navigator.locks.request("footpath-corner", { ifAvailable: true }, async (lock) => {
    if (lock) await drawAll();
  });
}

async function drawAll() {
  kept.forgetOld(said.epoch);
  const wanted = said.draw && kept.refused(said.member) !== said.draw && kept.alarm()?.epoch !== said.draw;
  if (wanted && !kept.pending(said.member).some(({ epoch }) => epoch === said.draw)) await begin(said.draw);
  for (const one of kept.pending(said.member)) if (!one.slots) await ask(one);
  const drawn = kept.pending(said.member).filter(({ slots }) => slots);
  if (drawn.length) {
    for (const epoch of await handOver(said.corner, drawn)) kept.drop(said.member, epoch);
    showState();
  } else if (kept.firstPage()) {
    // So that the list of answers is fetched by all browsers alike, whoever has asked.
    openFrame(said.corner);
  }
}

async function begin(epoch) {
  const notice = await fetched(said.notice);
  if (!notice) return;
  const made = await inWorker(said.worker, { kind: "begin", notice, pin: kept.pin(), epoch });
  if (made.alarm) stop(made.alarm);
  if (!made.blinded) return;
  kept.setPin(made.pin);
  kept.keep(said.member, { epoch, kid: made.kid, blinded: made.blinded, secrets: made.secrets });
}

async function ask(one) {
  const notice = await fetched(said.notice);
  const answer = notice && (await post(one));
  if (!answer) return;
  if (answer.refused) {
    kept.drop(said.member, one.epoch);
    kept.setRefused(said.member, one.epoch);
    return;
  }
  const { kid, secrets, epoch } = one;
  const { signatures } = answer;
  const made = await inWorker(said.worker, { kind: "finish", notice, pin: kept.pin(), epoch, kid, secrets, signatures });
  if (made.alarm) {
    kept.drop(said.member, epoch);
    stop(made.alarm);
  } else if (made.slots) {
    kept.setPin(made.pin);
    kept.keep(said.member, { epoch, slots: made.slots });
  }
}

// The answer; {refused: true} when there will be none; null when it is worth another try.
async function post({ epoch, blinded }) {
  try {
    const answer = await fetch(said.tokens, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "X-CSRFToken": document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "",
      },
      redirect: "error",
      body: JSON.stringify({ epoch, blinded }),
    });
    if (answer.status === 403) return (await answer.json()).error === "refused" ? { refused: true } : null;
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

async function fetched(address) {
  try {
    const answer = await fetch(address, { credentials: "omit", cache: "no-store", redirect: "error" });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

// --- what is shown --------------------------------------------------------------------------------

function stop(what) {
  kept.setAlarm({ epoch: said.epoch, what });
  raise(what);
}

function raise(what) {
  if (document.querySelector("[data-corner-alarm]")) return;
  const note = document.getElementById("fp-corner-alarm").content.firstElementChild.cloneNode(true);
  note.dataset.cornerAlarm = what;
  for (const part of note.querySelectorAll("[data-alarm]")) if (part.dataset.alarm !== what) part.remove();
  document.getElementById("main").prepend(note);
}

function showState() {
  for (const part of document.querySelectorAll("[data-corner-state]")) {
    part.hidden = part.dataset.cornerState !== "drawn";
  }
}

function boxOfThoseWhoDrawElsewhere() {
  const field = document.querySelector("[data-corner-elsewhere]");
  if (!field) return;
  const box = field.querySelector("input");
  box.checked = kept.elsewhere();
  box.addEventListener("change", () => kept.setElsewhere(box.checked));
  field.hidden = false;
}

// Whoever has compared a changed notice with the paper on the board may go on with it.
function buttonOfThoseWhoHaveCompared() {
  const offer = document.querySelector("[data-corner-compared]");
  if (!offer || kept.alarm()?.what !== "changed") return;
  offer.querySelector("button").addEventListener("click", () => {
    kept.forgetNotice();
    window.location.reload();
  });
  offer.hidden = false;
}

boxOfThoseWhoDrawElsewhere();
buttonOfThoseWhoHaveCompared();
draw().catch(() => {
  // Storage is switched off, or the worker failed: the next page tries again.
});
