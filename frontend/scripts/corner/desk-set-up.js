// First set-up: keys are made here, wrapped for the server, printed once, and wiped.
import { canonical, one } from "./common.js";
import * as keys from "./desk-keys.js";
import { copyText, empty, fillView, fillSheet, Mistake, onDeed, onForm, printSheet, saveText, typed, word } from "./desk-page.js";
import { fingerprint } from "./desk-roster.js";
import { postWrapped, Refused } from "./desk-server.js";
import { show, turnTo, whenLeaving } from "./page.js";

// A passphrase typed twice, long enough that nobody guesses it.
export function newPassphrase() {
  const passphrase = one("#passphrase").value;
  if ([...passphrase].length < keys.LEAST_PASSPHRASE) throw new Mistake(word("shortPassphrase"), "passphrase");
  if (passphrase !== one("#again").value) throw new Mistake(word("notTheSame"), "again");
  return passphrase;
}

export function codeTyped(id = "code") {
  const code = typed(id).toLowerCase();
  if (!keys.isCode(code)) throw new Mistake(word("badCode"), id);
  return code;
}

function showMade(bundle, person) {
  const print = fingerprint(person);
  fillSheet(one("[data-sheet]"), {
    code: bundle.code,
    fingerprint: print,
    age: bundle.age,
    sign: keys.seedOnPaper(bundle.sign),
  });
  fillView("made", { "public-fingerprint": print });
  one("#public").value = canonical(person);
  turnTo("made");
}

async function make(form) {
  const code = codeTyped();
  const name = typed("name");
  const passphrase = newPassphrase();
  const bundle = await keys.newBundle(code);
  const person = await keys.publicPart(bundle, name);
  try {
    await postWrapped(bundle, person.sign, await keys.wrap(bundle, passphrase));
  } catch (error) {
    throw error instanceof Refused ? new Mistake(word("codeTaken"), "code") : error;
  }
  empty(form);
  show(one("[data-drawn]"), false);
  one("[data-drawn]").textContent = "";
  showMade(bundle, person);
}

function draw() {
  const passphrase = keys.proposedPassphrase();
  one("#passphrase").value = passphrase;
  one("#again").value = "";
  one("[data-drawn]").textContent = passphrase;
  show(one("[data-drawn]"), true);
}

function wipe() {
  empty(document);
  one("[data-drawn]").textContent = "";
  fillView("made", { code: "", fingerprint: "", age: "", sign: "", "public-fingerprint": "" });
}

export function setUp() {
  whenLeaving(wipe);
  onForm("make", make);
  onDeed("draw", draw);
  onDeed("print", printSheet);
  onDeed("copy", () => copyText(one("#public").value));
  onDeed("save", () => saveText(word("filePublic", { code: JSON.parse(one("#public").value).code }), one("#public").value));
  onForm("leave", () => {
    if (!one("#printed").checked) throw new Mistake(word("tickPrinted"), "printed");
    wipe();
    window.location.assign("/desk/");
  });
}
