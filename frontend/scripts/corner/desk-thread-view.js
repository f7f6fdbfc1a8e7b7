// One thread: what was asked and said, the answer and its approval, and what officers tell each other.
import { one } from "./common.js";
import * as answering from "./desk-answering.js";
import { earliestDay, withMonthsOnly } from "./desk-publishing.js";
import { chips, clock, officerName, shortened } from "./desk-inbox-view.js";
import {
  capital, copyText, empty, fillView, fillChoice, languageName, made, Mistake, note, onDeed, onForm, part, say, shownDay, shownMonth, shownNumber,
  textIn, topicName, typed, word,
} from "./desk-page.js";
import { monthOf } from "./desk-days.js";
import { show } from "./page.js";

const dayOfMoment = (at) => shownDay(at.slice(0, 10));

const TOLD = {
  note: (desk, one) => ["note", word("noteBy", { name: officerName(desk, one.by) }), one.text],
  assign: (desk, one) => ["assign", word("assignedTo", { name: officerName(desk, one.by), to: officerName(desk, one.to) }), ""],
  return: (desk, one) => ["return", word("returnedBy", { name: officerName(desk, one.by) }), one.text],
  close: (desk, one) => ["close", word("closedBy", { name: officerName(desk, one.by) }), one.text],
  sent: (desk, one) => ["answer", word("answeredBy", { first: officerName(desk, one.officers[0]), second: officerName(desk, one.officers[1]) }), one.text],
};

function entry(kind, deed, when, text, language = "") {
  const item = made(`entry-${kind}`, { deed, when, text });
  if (language) one('[data-slot="text"]', item).lang = language;
  return item;
}

// Questions by the day they were seen, everything else by its moment.
function entries(desk, thread) {
  const asked = thread.postings.map(({ question, seen }) => ({
    at: `${seen}T`,
    item: entry("question", word(`kind${capital(question.kind).replace("-", "")}`), shownDay(seen), question.text, question.language),
  }));
  const told = thread.told
    .filter(({ kind }) => kind in TOLD)
    .map((one) => {
      const [kind, deed, text] = TOLD[one.kind](desk, one);
      return { at: one.at, item: entry(kind, deed, dayOfMoment(one.at), text, kind === "answer" ? thread.language : "") };
    });
  return [...asked, ...told].sort((one, other) => one.at.localeCompare(other.at)).map(({ item }) => item);
}

function about(desk, thread) {
  fillView("thread", {
    title: shortened(thread.postings[0].question.text, 70),
    topic: topicName(thread.topic),
    language: languageName(thread.language),
    seen: shownDay(thread.postings[0].seen),
    consent: textIn(thread.consent ? "yes" : "no"),
    assigned: officerName(desk, thread.assigned),
  });
  const row = chips(desk, thread);
  if (desk.role !== "supervisor") row.append(" ", clock(thread));
  fillView("thread", { chips: row });
  one('[data-view="thread"] h1').lang = thread.language;
}

function approval(desk, thread) {
  const mine = desk.role === "officer" && thread.state === "toApprove" && answering.mayApprove(desk, thread.draft);
  const theirs = thread.state === "toApprove" && !mine;
  show(part("approve"), mine);
  show(part("waits"), theirs);
  if (theirs) {
    const names = { name: officerName(desk, thread.draft.by), second: officerName(desk, thread.draft.second) };
    const own = thread.draft.by === desk.bundle.code;
    show(part("rewrite"), own);
    fillView("thread", { waits: own ? word("waitsFor", names) : word("notYours", { name: names.second }), "waiting-text": thread.draft.text });
  }
  if (!mine) return false;
  const same = answering.resealed(desk, thread) !== null;
  fillView("thread", {
    "approve-who": word("yoursToApprove", { name: officerName(desk, thread.draft.by) }),
    opened: thread.draft.text,
    differs: word("differs"),
  });
  one('[data-slot="opened"]').lang = thread.language;
  note("differs", !same);
  show(one('[data-form="approve"]'), same);
  return true;
}

function answerForm(desk, thread, approving, fresh) {
  // While a colleague has it, the answer is changed only by whoever wrote it, and only on purpose.
  const shown = desk.role === "officer" && !approving && thread.state !== "closed" && thread.state !== "toApprove";
  show(part("answer"), shown);
  if (desk.role !== "officer") return;
  const box = one("#answer");
  box.lang = thread.language;
  if (fresh) {
    box.value = thread.draft?.text ?? "";
    const others = answering.colleagues(desk).map(({ code, name }) => [code, name]);
    fillChoice("second", others, thread.draft?.second ?? "");
  }
  const back = thread.returned && word("returned", { name: officerName(desk, thread.returned.by), text: thread.returned.text });
  fillView("thread", { returned: back || (thread.stale ? word("stale") : "") });
  note("returned", Boolean(back || thread.stale));
  room(desk, thread);
}

function room(desk, thread) {
  const left = answering.roomLeft(thread, answering.plain(one("#answer").value), desk);
  fillView("thread", { room: left < 0 ? word("tooLong") : word("room", { count: shownNumber(left) }) });
  return left;
}

function answerTyped(desk, thread) {
  const text = answering.plain(typed("answer"));
  if (room(desk, thread) < 0) throw new Mistake(word("tooLong"), "answer");
  return text;
}

export function threadView(state, { again, go }) {
  const at = () => state.desk.threads.find(({ id }) => id === state.thread);
  // What was typed stays while thread, draft and roster are the same, whatever else is fetched.
  let before = "";
  let draftId = "";

  async function draw() {
    const { desk } = state;
    const thread = at();
    const now = `${thread.id} ${thread.draft?.id} ${desk.roster.number}`;
    const fresh = now !== before;
    before = now;
    if (fresh) draftId = answering.newDraftId();
    about(desk, thread);
    one("[data-entries]").replaceChildren(...entries(desk, thread));
    if (fresh) for (const name of ["note", "why-back", "why-closed"]) one(`#${name}`).value = "";
    const approving = approval(desk, thread);
    answerForm(desk, thread, approving, fresh);
    show(part("deeds"), desk.role === "officer");
    fillChoice("assignee", desk.roster.officers.map(({ code, name }) => [code, name]), thread.assigned || desk.bundle.code);
    show(one('[data-deed="publish"]'), thread.consent && thread.sent.length > 0);
    show(one('[data-form="close-thread"]').closest("details"), thread.state !== "closed" || answering.mayCloseToo(desk, thread));
    show(part("closing"), thread.state === "closed" && thread.closers.size === 1);
  }

  function drawPublish() {
    const thread = at();
    one("#publish-question").value = withMonthsOnly(thread.postings[0].question.text);
    one("#publish-answer").value = thread.sent.map(({ text }) => withMonthsOnly(text)).join("\n\n");
    for (const name of ["publish-question", "publish-answer"]) one(`#${name}`).lang = thread.language;
    for (const name of ["no-names", "no-places", "no-days"]) one(`#${name}`).checked = false;
    fillView("publish", {
      earliest: word("earliest", { day: shownDay(earliestDay(thread)) }),
      month: word("month", { month: shownMonth(monthOf(thread.sent.at(-1).day)) }),
    });
    one("[data-knowledge]").href = word("knowledge");
  }

  const does = (name, work, sentence) =>
    onForm(name, async () => {
      const said = await work(state.desk, at());
      await again(sentence(said));
    });

  one("#answer").addEventListener("input", () => room(state.desk, at()));
  does("answer", async (desk, thread) => {
    const text = answerTyped(desk, thread);
    const second = one("#second").value;
    await answering.askApproval(desk, thread, text, second, draftId);
    return officerName(desk, second);
  }, (name) => word("sentForApproval", { name }));
  onDeed("keep", async () => {
    const text = answerTyped(state.desk, at());
    await answering.keepDraft(state.desk, at(), text, draftId);
    await again(word("kept"));
  });
  does("approve", (desk, thread) => answering.approve(desk, thread), () => word("sent"));
  does("send-back", async (desk, thread) => {
    await answering.sendBack(desk, thread, typed("why-back"));
    return officerName(desk, thread.draft.by);
  }, (name) => word("sentBack", { name }));
  does("assign", async (desk, thread) => {
    await answering.assign(desk, thread, one("#assignee").value);
    return officerName(desk, one("#assignee").value);
  }, (name) => word("assigned", { name }));
  does("note", async (desk, thread) => {
    await answering.addNote(desk, thread, answering.plain(typed("note")));
    one("#note").value = "";
  }, () => word("noted"));
  does("close-thread", (desk, thread) => answering.close(desk, thread, typed("why-closed")), () => word("closedThread"));
  onDeed("rewrite", () => {
    show(part("waits"), false);
    show(part("answer"), true);
    one("#answer").focus();
  });
  onDeed("publish", () => go("publish"));
  onDeed("back-to-thread", () => go("thread"));
  onForm("publish", async (form, button) => {
    for (const name of ["no-names", "no-places", "no-days"]) {
      if (!one(`#${name}`).checked) throw new Mistake(word("tickAll"), name);
    }
    await copyText(typed(button.dataset.copy));
  });

  return {
    draw,
    drawPublish,
    wipe() {
      before = "";
      say("");
      empty(one("[data-desk-open]"));
    },
  };
}
