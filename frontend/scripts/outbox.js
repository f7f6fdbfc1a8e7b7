// Difficulties raised in a session are kept on this phone until the server has taken them.
//
// Each has a key of its own, so that the server takes it once however often it is sent. They are
// kept by person and meeting: what one person has typed is never sent as another. A form of its
// own address does the same work without this script.
//
//   <form data-outbox data-person="12" data-meeting="7" action="...">   text, client_key
//   <div data-outbox-list hidden> <ul></ul> <template>one row</template> </div>

const PREFIX = "footpath:outbox:";
const AGAIN_AFTER = 10000;
const PATIENCE = 20000;

// crypto.randomUUID is there over HTTPS only.
function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function kept(person) {
  const found = [];
  const mine = `${PREFIX}${person}:`;
  for (const place of Object.keys(localStorage)) {
    if (!place.startsWith(mine)) continue;
    try {
      found.push({ ...JSON.parse(localStorage.getItem(place)), place });
    } catch {
      // What cannot be read stays where it is; nothing is thrown away.
    }
  }
  return found.sort((one, other) => one.at - other.at);
}

const write = ({ place, ...item }) => localStorage.setItem(place, JSON.stringify(item));

// One sender at a time among the tabs; where locks are missing, the keys still keep it to one each.
const alone = (work) => (navigator.locks ? navigator.locks.request("footpath-outbox", work) : work());

async function ask(url, options = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const response = await fetch(url, {
      credentials: "same-origin",
      redirect: "manual",
      cache: "no-store",
      signal: stop.signal,
      ...options,
      headers: { Accept: "application/json", ...options.headers },
    });
    let body = null;
    try {
      body = await response.json();
    } catch {
      // A page instead of an answer: signed out, or something between us and the server.
    }
    return { status: response.status, signedOut: response.type === "opaqueredirect", body };
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

export function outbox() {
  const form = document.querySelector("form[data-outbox]");
  const list = document.querySelector("[data-outbox-list]");
  if (!form || !list) return;
  const { person, meeting } = form.dataset;
  const text = form.elements.text;
  const key = form.elements.client_key;
  let busy = false;
  let signedOut = false;
  let timer = 0;

  const waiting = () => kept(person).filter((item) => item.said === undefined);

  function draw() {
    const items = kept(person);
    list.hidden = items.length === 0;
    list.querySelector("ul").replaceChildren(
      ...items.map((item) => {
        const row = list.querySelector("template").content.cloneNode(true);
        row.querySelector("[data-text]").textContent = item.text;
        const words = signedOut ? list.dataset.signIn : list.dataset.waits;
        row.querySelector("[data-said]").textContent = item.said ?? words;
        const again = row.querySelector("[data-again]");
        again.hidden = item.said === undefined;
        again.addEventListener("click", () => {
          text.value = item.text;
          localStorage.removeItem(item.place);
          draw();
          text.focus();
        });
        return row;
      }),
    );
  }

  // True when all of them were dealt with, false when the rest has to wait.
  async function sendAll() {
    // The token changes when somebody signs in, so it is asked for each time, and whose it is.
    const door = await ask(form.action);
    signedOut = door !== null && (door.signedOut || (door.body && door.body.person !== person));
    if (!door?.body?.token || signedOut) return false;
    for (const item of waiting()) {
      if (localStorage.getItem(item.place) === null) continue;
      const client = item.place.split(":").pop();
      const answer = await ask(item.url, {
        method: "POST",
        headers: { "X-CSRFToken": door.body.token },
        body: new URLSearchParams({ text: item.text, client_key: client, person }),
      });
      if (!answer) return false;
      if (answer.status < 300 && answer.body?.key === client) {
        localStorage.removeItem(item.place);
        document.body.dispatchEvent(new CustomEvent("outbox:sent"));
      } else if (answer.body?.said || answer.status === 404) {
        write({ ...item, said: answer.body?.said || list.dataset.refused });
      } else {
        signedOut = answer.signedOut || Boolean(answer.body?.person);
        return false;
      }
      draw();
    }
    return true;
  }

  async function flush() {
    if (busy) return;
    busy = true;
    clearTimeout(timer);
    try {
      while (waiting().length && (await alone(sendAll)));
    } finally {
      busy = false;
      draw();
      if (waiting().length) timer = setTimeout(flush, AGAIN_AFTER);
    }
  }

  form.addEventListener("submit", (event) => {
    const line = text.value.trim();
    if (!line) return;
    const client = key.value || freshKey();
    try {
      write({
        place: `${PREFIX}${person}:${meeting}:${client}`,
        text: line,
        at: Date.now(),
        url: form.getAttribute("action"),
      });
    } catch {
      return; // Nothing can be kept here: the form goes its ordinary way.
    }
    event.preventDefault();
    text.value = "";
    key.value = freshKey();
    text.dispatchEvent(new Event("input", { bubbles: true }));
    draw();
    flush();
  });
  window.addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => document.hidden || flush());
  window.addEventListener("storage", draw);
  draw();
  flush();
}

// A part that asks for itself every few seconds rests while nobody looks, and is not drawn anew
// while the server says that it is the same: <div id="..." hx-get="..." data-same>.
export function sameParts() {
  const marks = new Map();
  const asks = (element) => element.hasAttribute?.("data-same");
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && asks(event.detail.elt)) event.preventDefault();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { elt, xhr } = event.detail;
    const mark = xhr.getResponseHeader("ETag");
    if (!mark || !asks(elt)) return;
    if (marks.get(elt.id) === mark) event.detail.shouldSwap = false;
    marks.set(elt.id, mark);
  });
}
