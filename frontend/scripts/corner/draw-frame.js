// The hidden frame of the Corner, and the handing over: only this origin is spoken to, only it is heard.
const PATIENCE_MS = 30_000;

export function openFrame(origin) {
  const frame = document.createElement("iframe");
  frame.hidden = true;
  frame.title = "";
  frame.tabIndex = -1;
  frame.setAttribute("aria-hidden", "true");
  frame.src = `${origin}/vault/`;
  document.body.append(frame);
  return frame;
}

// Hand tokens over; gives the months that the Corner has kept. What it has not stays for the next page.
export function handOver(origin, drawn) {
  return new Promise((resolve) => {
    const frame = openFrame(origin);
    const waiting = new Set(drawn.map(({ epoch }) => epoch));
    const taken = [];
    const end = () => {
      clearTimeout(timer);
      window.removeEventListener("message", hear);
      resolve(taken);
    };
    const timer = setTimeout(end, PATIENCE_MS);
    function hear(event) {
      if (event.origin !== origin || event.source !== frame.contentWindow) return;
      const { kind, epoch } = event.data ?? {};
      if (kind === "ready") {
        for (const one of drawn) frame.contentWindow.postMessage({ kind: "slots", epoch: one.epoch, slots: one.slots }, origin);
      } else if ((kind === "kept" || kind === "refused") && waiting.delete(epoch)) {
        if (kind === "kept") taken.push(epoch);
        if (!waiting.size) end();
      }
    }
    window.addEventListener("message", hear);
  });
}
