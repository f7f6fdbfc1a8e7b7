// The roster in force, a colleague's version to sign, and the next version.
import { canonical, one } from "./common.js";
import { monthOf } from "./desk-days.js";
import {
  copyText, fillView, fillSheet, made, Mistake, onDeed, onForm, part, printSheet, saveText, shownMonth, textIn, typed, word,
} from "./desk-page.js";
import * as rosters from "./desk-roster.js";
import { postRoster } from "./desk-server.js";
import { newIdentity, recipientOf } from "./receipt.js";
import { show } from "./page.js";

const { fingerprint } = rosters;

function parsed(text, sentence) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Mistake(word(sentence));
  }
}

function member(person, role, deed = "") {
  const sign = typeof person === "string" ? fingerprint(person) : fingerprint(rosters.memberOf(person));
  return made("row-member", { name: person.name ?? "", role: textIn(`role-${role}`), fingerprint: sign, deeds: deed });
}

const everybody = ({ officers, supervisor, recovery }) => [
  ...officers.map((person) => ["officer", person]),
  ...(supervisor ? [["supervisor", supervisor]] : []),
  ...(recovery ? [["recovery", recovery]] : []),
];

// The lines that say what a version changes.
function changed(before, after) {
  const { added, removed, changed: others, supervisor, recovery } = rosters.changes(before, after);
  const line = (name) => (person) => word(name, { name: person.name, fingerprint: fingerprint(rosters.memberOf(person)) });
  return [
    ...added.map(line("added")),
    ...removed.map(line("removed")),
    ...others.map(line("changed")),
    ...(supervisor ? [line("newSupervisor")(after.supervisor)] : []),
    ...(recovery ? [word("newRecovery")] : []),
  ];
}

export function officersView(state, { again }) {
  let next = null;
  let reading = null;
  let signed = null;

  const begin = ({ roster, today }) => ({
    officers: roster ? [...roster.officers] : [],
    supervisor: roster?.supervisor ?? null,
    recovery: roster?.recovery ?? "",
    from: monthOf(today),
  });

  const maySign = ({ roster, bundle, role }) => Boolean(bundle.sign) && (roster ? role === "officer" : true);

  function drawNext() {
    const rows = everybody(next)
      .filter(([role]) => role !== "recovery")
      .map(([role, person]) => {
        const row = member(person, role, role === "officer" ? made("deed-remove", { who: person.name }) : "");
        const button = one("[data-remove]", row);
        button?.addEventListener("click", () => {
          next.officers = next.officers.filter(({ code }) => code !== person.code);
          drawNext();
        });
        return row;
      });
    one("[data-next]").replaceChildren(...rows);
  }

  function draw() {
    const { desk } = state;
    const { roster } = desk;
    fillView("officers", {
      version: roster ? word("version", { number: roster.number, month: shownMonth(roster.from) }) : word("noRoster"),
      "roster-fingerprint": roster ? fingerprint(roster) : "",
    });
    one("[data-members]").replaceChildren(...(roster ? everybody(roster).map(([role, person]) => member(person, role)) : []));
    for (const name of ["sign-roster", "next-roster"]) show(part(name), maySign(desk));
    next = begin(desk);
    one("#recovery").value = next.recovery;
    one("#from").value = next.from;
    drawNext();
  }

  function showSigning(whole) {
    const { roster } = state.desk;
    reading = whole;
    fillView("officers", {
      "signing-title": word("version", { number: whole.roster.number, month: shownMonth(whole.roster.from) }),
      "signed-by": word("signedBy", {
        names: rosters.signersOf(whole, roster).map((code) => rosters.judgesOf(whole.roster, roster).find((one) => one.code === code).name).join(", "),
      }),
    });
    one("[data-changes]").replaceChildren(
      ...changed(roster, whole.roster).map((sentence) => {
        const item = document.createElement("li");
        item.textContent = sentence;
        return item;
      }),
    );
    show(part("signing"), true);
    one('[data-slot="signing-title"]').focus();
  }

  function showSigned(whole, sentence) {
    signed = whole;
    fillView("officers", { "signed-next": sentence });
    one("#signed-text").value = canonical(whole);
    show(part("signing"), false);
    show(part("signed"), true);
    one("h2", part("signed")).focus();
  }

  // One more signature; with the second the version goes to the server.
  async function sign(whole) {
    const { desk } = state;
    const judges = rosters.judgesOf(whole.roster, desk.roster);
    if (!maySign(desk) || !judges.some(({ code }) => code === desk.bundle.code)) throw new Mistake(word("notJudge"));
    const mine = rosters.withSignature(whole, desk.bundle);
    const both = rosters.completed(mine, desk.roster);
    if (!both) return showSigned(mine, word("halfSigned"));
    if (both.roster.number === 1) return showSigned(both, word("firstSigned"));
    await postRoster(both);
    show(part("signing"), false);
    show(part("signed"), false);
    return again(word("published", { number: both.roster.number }));
  }

  onForm("read-roster", () => {
    const whole = parsed(typed("half-signed"), "notRoster");
    if (!rosters.follows(whole, state.desk.roster)) throw new Mistake(word("notRoster"), "half-signed");
    showSigning(whole);
  });
  onForm("sign-roster", () => sign(reading));
  onForm("add-officer", (form, button) => {
    const person = parsed(typed("part"), "notPublic");
    if (!rosters.isMember(person)) throw new Mistake(word("notPublic"), "part");
    if (button.value === "supervisor") next.supervisor = person;
    else next.officers = [...next.officers.filter(({ code }) => code !== person.code), person];
    one("#part").value = "";
    drawNext();
  });
  onForm("next-roster", async () => {
    const made = { ...next, recovery: one("#recovery").value.trim(), from: one("#from").value.trim() };
    const wrong = rosters.wrongInRoster(made);
    if (wrong) throw new Mistake(word(wrong));
    await sign({ roster: rosters.nextRoster(state.desk.roster, made), signatures: [] });
  });
  onDeed("recovery-key", async () => {
    const identity = await newIdentity();
    const recipient = await recipientOf(identity);
    one("#recovery").value = recipient;
    fillSheet(part("recovery-sheet"), { fingerprint: fingerprint(recipient), age: identity });
    show(part("recovery-sheet"), true);
  });
  onDeed("print", printSheet);
  onDeed("wipe-recovery", wipeRecovery);
  onDeed("copy-roster", () => copyText(one("#signed-text").value));
  onDeed("save-roster", () => saveText(word("fileRoster", { number: signed.roster.number }), one("#signed-text").value));

  function wipeRecovery() {
    fillSheet(part("recovery-sheet"), { fingerprint: "", age: "" });
    show(part("recovery-sheet"), false);
  }

  return {
    draw,
    wipe() {
      next = reading = signed = null;
      wipeRecovery();
      for (const name of ["signing", "signed"]) show(part(name), false);
    },
  };
}
