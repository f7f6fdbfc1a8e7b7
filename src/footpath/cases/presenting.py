"""Cases in the reader's words: clocks, steps, rows of lists, entries of the thread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from footpath.cases import rules
from footpath.cases.models import Case, Entry, Participant
from footpath.cases.rules import Deed, State
from footpath.cases.rules.chain import Rung
from footpath.core import clock, formats
from footpath.directory.models import Area
from footpath.directory.rules import short_name


@dataclass(frozen=True)
class Clock:
    """How long a case has left, for the clock macro; ``why`` says how it was counted."""

    text: str
    tone: str
    why: str = ""


def clock_of(
    due_on: date,
    today: date,
    state: str,
    *,
    due_at: datetime | None = None,
    paused_until: date | None = None,
) -> Clock | None:
    """Return the clock of a case; None for a closed one, whose clock stands.

    ``why`` says how it is counted; an hour is named when the time is up within the due day.
    """
    if state == State.CLOSED:
        return None
    if stands(paused_until, due_on, today):
        assert paused_until is not None  # noqa: S101 - it stands
        why = _("The clock stands until %(day)s, included. Due on %(due)s.") % {
            "day": formats.day_year(paused_until),
            "due": formats.day_year(due_on),
        }
        return Clock(_("Paused"), "paused", why)
    plain = _plain_clock(rules.days_left(due_on, today))
    hour = hour_of(due_at)
    if hour:
        why = _("Due on %(day)s, %(time)s. How it was counted stands under “Clocks”.") % {
            "day": formats.day_year(due_on),
            "time": hour,
        }
        text = _("Due today, %(time)s") % {"time": hour} if due_on == today else plain.text
        return Clock(text, plain.tone, why)
    why = _("Due on %(day)s. Counted in calendar days, weekends included.") % {
        "day": formats.day_year(due_on)
    }
    return Clock(plain.text, plain.tone, why)


def clock_of_case(case: Case, today: date) -> Clock | None:
    """Return the clock of a case that was read whole."""
    return clock_of(
        case.due_on, today, case.state, due_at=case.due_at, paused_until=case.paused_until
    )


def stands(paused_until: date | None, due_on: date, today: date) -> bool:
    """Return whether the clock of a case stands on a day; one that is overdue does not."""
    return paused_until is not None and paused_until >= today and due_on >= today


def hour_of(due_at: datetime | None) -> str:
    """Return the hour at which the time is up, "" when that is midnight after the due day."""
    if due_at is None:
        return ""
    local = timezone.localtime(due_at)
    return formats.time(due_at) if (local.hour, local.minute) != (0, 0) else ""


def _plain_clock(left: int) -> Clock:
    if left < 0:
        text = ngettext("%(days)s day over", "%(days)s days over", -left) % {"days": -left}
    elif left == 0:
        text = _("Due today")
    elif left == 1:
        text = _("Due tomorrow")
    else:
        text = ngettext("%(days)s day left", "%(days)s days left", left) % {"days": left}
    return Clock(text, rules.tone_of(left))


def number_of(pk: int) -> str:
    """Return the number people use: C-0388."""
    return f"C-{pk:04d}"


def next_word(state: str, owned: bool = True) -> str:
    """Return the next step of a case in a word or two: "Verify"; "" for a closed one."""
    words = {
        State.RAISED: _("Accept"),
        State.ACCEPTED: _("Guide or rectify"),
        State.GUIDED: _("Rectify"),
        State.RECTIFIED: _("Verify"),
        State.RETURNED: _("Send in again"),
        State.CLOSED: "",
    }
    return words[State(state)]


class Row(NamedTuple):
    """One case of a list, with everything a line says, ready to be written."""

    pk: int
    number: str
    url: str
    title: str
    place: str
    state: str
    step: int
    next_word: str
    round_number: int
    owner: str
    agency: str
    clock: Clock | None
    overdue: bool
    closed_at: datetime | None
    outcome: str
    state_word: str


ROW_COLUMNS = (
    "id",
    "title",
    "state",
    "is_open",
    "outcome",
    "round_number",
    "due_on",
    "due_at",
    "paused_until",
    "raised_at",
    "closed_at",
    "owner_id",
    "owner__name",
    "agency__name",
    "area__name",
    "area__parent__name",
    "area__parent__type_name",
)
"""The columns that ``rows_of`` reads: one query with its joins, whatever the number of rows."""


def rows_of(found: Iterable[Mapping[str, Any]], today: date) -> list[Row]:
    """Return the lines of a list from ``values(*ROW_COLUMNS)``, in their order."""
    words = {state.value: next_word(state) for state in State}
    steps = {state.value: rules.due_step(state) for state in State}
    outcomes = {value: str(label) for value, label in Case.Outcome.choices}
    labels = {value: str(label) for value, label in Case.State.choices}
    base = reverse("cases:ledger")
    clocks: dict[int, Clock] = {}
    rows = []
    for row in found:
        state, pk = row["state"], row["id"]
        due: Clock | None = None
        if row["is_open"]:
            left = rules.days_left(row["due_on"], today)
            due = clocks.get(left)
            if due is None:
                due = clocks[left] = _plain_clock(left)
            if row["paused_until"] is not None and stands(
                row["paused_until"], row["due_on"], today
            ):
                due = Clock(_("Paused"), "paused")
            elif left == 0 and (hour := hour_of(row["due_at"])):
                due = Clock(_("Due today, %(time)s") % {"time": hour}, due.tone)
        above = row["area__parent__name"]
        place = row["area__name"]
        if above:
            place = f"{place}, {short_name(above, row['area__parent__type_name'])}"
        rows.append(
            Row(
                pk,
                number_of(pk),
                f"{base}{pk}/",
                row["title"],
                place,
                state,
                steps[state],
                words[state],
                row["round_number"],
                row["owner__name"] or "",
                row["agency__name"] or "",
                due,
                due is not None and due.tone == "late",
                row["closed_at"],
                outcomes.get(row["outcome"], ""),
                labels[state],
            )
        )
    return rows


def steps() -> dict[str, tuple[int, str]]:
    """Return for each state the step that is due and its word, for the step paths of a list."""
    return {state.value: (rules.due_step(state), next_word(state)) for state in State}


def place_of(area: Area) -> str:
    """Return a place with the place above: "Ấp Tân Huề, Tân Thạch"."""
    parent = area.parent
    return area.name if parent is None else f"{area.name}, {parent.short_name}"


DEED_ICONS = {
    Deed.ACCEPT: "user-check",
    Deed.ASSIGN: "user-plus",
    Deed.GUIDE: "books",
    Deed.RECTIFY: "clipboard-check",
    Deed.VERIFY: "eye-check",
    Deed.REOPEN: "refresh",
    Deed.ESCALATE: "arrow-up-right",
    Deed.RETURN: "corner-up-left",
    Deed.RESUBMIT: "send",
    Deed.MARK_DUPLICATE: "arrows-join",
    Deed.NOTE: "message-circle",
    Deed.TRANSFER: "building",
    Deed.MISROUTE: "corner-up-left",
    Deed.PAUSE: "player-pause",
    Deed.RESUME: "player-play",
    Deed.EXTEND: "calendar-plus",
    Deed.REPLY: "mail",
    Deed.PUBLISH: "eye",
    Deed.HIDE: "eye-off",
}


def is_worth_offering(deed: Deed, case: Case) -> bool:
    """Return whether a deed that may be done has something to be done with."""
    if deed == Deed.REPLY:
        return case.raised_by_id is None
    return deed != Deed.HIDE or case.is_public


_OFTEN = (Deed.NOTE, Deed.ESCALATE, Deed.ASSIGN, Deed.REPLY)
BY_USE = (*_OFTEN, *(deed for deed in Deed if deed not in _OFTEN))
"""The deeds in the order in which a page offers them: those done often first."""


def deed_word(deed: Deed) -> str:
    """Return what is written on the button that opens a deed."""
    return {
        Deed.ACCEPT: _("Accept"),
        Deed.ASSIGN: _("Assign an owner"),
        Deed.GUIDE: _("Give guidance"),
        Deed.RECTIFY: _("Report it rectified"),
        Deed.VERIFY: _("Verify on the spot"),
        Deed.REOPEN: _("Reopen with a reason"),
        Deed.ESCALATE: _("Escalate"),
        Deed.RETURN: _("Return"),
        Deed.RESUBMIT: _("Send in again"),
        Deed.MARK_DUPLICATE: _("It is a duplicate"),
        Deed.NOTE: _("Add a note or a photo"),
        Deed.TRANSFER: _("Transfer"),
        Deed.MISROUTE: _("Not ours"),
        Deed.PAUSE: _("Pause the clock"),
        Deed.RESUME: _("Let the clock run again"),
        Deed.EXTEND: _("Give more time"),
        Deed.REPLY: _("Answer the reporter"),
        Deed.PUBLISH: _("Show it to the public"),
        Deed.HIDE: _("Take it from the public"),
    }[deed]


_ENTRY_LOOKS = {
    Entry.Deed.ACCEPTED: ("user-check", "accent"),
    Entry.Deed.ASSIGNED: ("user-plus", "accent"),
    Entry.Deed.GUIDED: ("books", "accent"),
    Entry.Deed.RECTIFIED: ("clipboard-check", "accent"),
    Entry.Deed.VERIFIED: ("eye-check", "verified"),
    Entry.Deed.PARTLY: ("corner-up-left", "refused"),
    Entry.Deed.REFUSED: ("corner-up-left", "refused"),
    Entry.Deed.REOPENED: ("refresh", "refused"),
    Entry.Deed.ESCALATED: ("arrow-up-right", "accent"),
    Entry.Deed.RETURNED: ("corner-up-left", "refused"),
    Entry.Deed.RESUBMITTED: ("send", "accent"),
    Entry.Deed.DUPLICATE: ("arrows-join", "neutral"),
    Entry.Deed.NOTE: ("message-circle", "neutral"),
    Entry.Deed.TRANSFERRED: ("building", "accent"),
    Entry.Deed.MISROUTED: ("corner-up-left", "refused"),
    Entry.Deed.PAUSED: ("player-pause", "neutral"),
    Entry.Deed.RESUMED: ("player-play", "neutral"),
    Entry.Deed.EXTENDED: ("calendar-plus", "neutral"),
    Entry.Deed.RECOUNTED: ("calendar-event", "neutral"),
    Entry.Deed.REPLIED: ("mail", "accent"),
    Entry.Deed.PUBLISHED: ("eye", "neutral"),
    Entry.Deed.HIDDEN: ("eye-off", "neutral"),
    Entry.Deed.ANSWERED: ("message-circle", "accent"),
    Entry.Deed.REMINDED: ("bell", "neutral"),
    Entry.Deed.CHECKED: ("eye-check", "verified"),
    Entry.Deed.SENT_OUT: ("send", "accent"),
    Entry.Deed.UPDATE: ("world", "accent"),
}


@dataclass(frozen=True)
class Evidence:
    """A file beside an entry: where it opens, its words and its small picture."""

    href: str
    caption: str
    thumb: str


@dataclass(frozen=True)
class Said:
    """One entry of the thread as it is drawn; ``opens_round`` draws the line of a round first."""

    id: str
    icon: str
    deed: str
    at: datetime
    who: str
    text: str
    tone: str
    evidence: tuple[Evidence, ...]
    opens_round: int | None


def thread(case: Case, entries: Iterable[Entry], raised_with: Iterable[Any]) -> list[Said]:
    """Return the thread from the raising on; ``raised_with`` are the files of the raising."""
    found = [
        Said(
            "raised",
            "flag",
            _("Raised"),
            case.raised_at,
            _raiser(case),
            case.text,
            "accent",
            _evidence(raised_with),
            None,
        )
    ]
    number = 1
    for entry in entries:
        icon, tone = _ENTRY_LOOKS[Entry.Deed(entry.deed)]
        found.append(
            Said(
                f"entry-{entry.pk}",
                icon,
                _entry_word(entry),
                entry.at,
                _who(entry),
                entry.text,
                tone,
                _evidence(entry.attachments.all()),
                entry.round_number if entry.round_number > number else None,
            )
        )
        number = max(number, entry.round_number)
    return found


def _raiser(case: Case) -> str:
    source = str(Case.Source(case.source).label)
    return f"{case.raised_by.name}, {source}" if case.raised_by is not None else source


def name_of(entry: Entry) -> str:
    """Return who did it: somebody in office, or the words for who or what did."""
    if entry.by is not None:
        return entry.by.name
    return _(entry.said_by) if entry.said_by else ""


def _entry_word(entry: Entry) -> str:
    if entry.deed == Entry.Deed.RECTIFIED and entry.round_number > 1:
        return _("Rectified again")
    if entry.why and entry.deed == Entry.Deed.PAUSED:
        return _("Clock paused until %(day)s") % {"day": _day_of(entry.why)}
    if entry.why and entry.deed == Entry.Deed.EXTENDED:
        return _("More time given, until %(day)s") % {"day": _day_of(entry.why)}
    return str(Entry.Deed(entry.deed).label)


def _day_of(why: str) -> str:
    return formats.day_year(date.fromisoformat(why))


def _who(entry: Entry) -> str:
    if entry.deed == Entry.Deed.ASSIGNED and entry.to_person is not None:
        return _("%(who)s, to %(owner)s") % {
            "who": name_of(entry),
            "owner": entry.to_person.name,
        }
    to = entry.to_person or entry.to_organization
    if to is not None and entry.why:
        return _("%(who)s, to %(whom)s: %(why)s") % {
            "who": name_of(entry),
            "whom": to.name,
            "why": why_word(entry.why),
        }
    if to is not None:
        return _("%(who)s, to %(whom)s") % {"who": name_of(entry), "whom": to.name}
    return name_of(entry)


def why_word(why: str) -> str:
    """Return why an escalation went to this person: the rung of the chain, and who stands in."""
    rung, _sep, acting = why.partition(".")
    words = {
        Rung.CLUSTER: _("leads the cluster of the place"),
        Rung.UNIT: _("heads the unit"),
        Rung.TIER: _("in charge of the place above"),
        Rung.AGENCY: _("the agency asked"),
    }
    word = words[Rung(rung)]
    return _("%(word)s, standing in") % {"word": word} if acting else word


def _evidence(files: Iterable[Any]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            file.get_absolute_url(),
            file.name,
            f"{file.get_absolute_url()}?size=small" if file.is_picture else "",
        )
        for file in files
    )


@dataclass(frozen=True)
class NextStep:
    """The framed box of a case: whose turn it is, what to do, and the deeds it offers."""

    over: str
    title: str
    text: str
    tone: str
    deeds: tuple[Deed, ...]


def next_step(
    case: Case,
    *,
    person_id: int,
    deeds: frozenset[Deed],
    worked: frozenset[int],
    verifier: str = "",
    verified_by: str = "",
) -> NextStep:
    """Return what is to be done next with a case and whether it is the reader's turn.

    ``verifier`` is the name of somebody in charge who may verify it, ``verified_by`` of whoever
    closed it; both may be empty.
    """
    state = State(case.state)
    owner = case.owner.name if case.owner is not None else ""
    if state == State.CLOSED:
        return _closed(case, deeds, verified_by)
    wanted = rules.NEXT[state]
    if state == State.RETURNED:
        mine = person_id == case.raised_by_id
        waits_for = case.raised_by.name if case.raised_by is not None else _("the reporter")
    elif state == State.RECTIFIED:
        mine = Deed.VERIFY in deeds
        waits_for = verifier or _("somebody who did no part of the work")
    elif case.owner is None:
        mine = Deed.ACCEPT in deeds
        waits_for = _("nobody yet")
    else:
        mine, waits_for = person_id == case.owner_id, owner
    also = {
        State.RAISED: (Deed.ASSIGN, Deed.RETURN),
        State.ACCEPTED: (Deed.GUIDE,),
        State.GUIDED: (),
        State.RECTIFIED: (),
        State.RETURNED: (),
    }[state]
    offered = tuple(deed for deed in (wanted, *also) if deed in deeds)
    title, text = _next_words(state, mine=mine, worked=person_id in worked, owned=bool(owner))
    over = _("Next step, yours") if mine else _("Next step: %(who)s") % {"who": waits_for}
    return NextStep(over, title, text, "now", offered)


def _next_words(state: State, *, mine: bool, worked: bool, owned: bool) -> tuple[str, str]:
    if state == State.RECTIFIED:
        if worked:
            return (
                _("Somebody else goes and looks whether it holds."),
                _("You took part in the work, so you cannot verify it."),
            )
        may = _("You did no part of the work, so you may verify.") if mine else ""
        return _("Go and see whether it holds."), may
    if state in rules.AT_WORK:
        return (
            _("Set it right, and say what was done."),
            _("Then somebody who did no part of the work goes and looks."),
        )
    if state == State.RETURNED:
        return _("Add what is missing, and send it in again."), ""
    if owned:
        return _("Accept the case, or return it with a reason."), ""
    return (
        _("Accept the case, or give it an owner."),
        _("It has no owner. Whoever accepts it owns it."),
    )


def _closed(case: Case, deeds: frozenset[Deed], verified_by: str) -> NextStep:
    closed_at = case.closed_at or case.updated_at
    offered = tuple(deed for deed in (Deed.REOPEN,) if deed in deeds)
    day = formats.day_year(closed_at)
    days = (clock.day_of(closed_at) - clock.day_of(case.raised_at)).days
    text = ngettext("%(days)s day", "%(days)s days", days) % {"days": days}
    rounds = ngettext("%(rounds)s round", "%(rounds)s rounds", case.round_number) % {
        "rounds": case.round_number
    }
    if case.outcome == rules.Outcome.DUPLICATE:
        title = _("Closed on %(day)s as a duplicate of %(number)s.") % {
            "day": day,
            "number": case.duplicate_of.number if case.duplicate_of else "?",
        }
        return NextStep("", title, _("That case stays open until it is verified."), "done", offered)
    title = _("Verified on %(day)s by %(who)s. It has left the ledger.") % {
        "day": day,
        "who": verified_by,
    }
    said = f"{Case.Outcome(case.outcome).label}. {text}, {rounds}."
    return NextStep("", title, said, "done", offered)


@dataclass(frozen=True)
class Taker:
    """Somebody with a part in a case, with all their parts in one line."""

    pk: int
    name: str
    url: str
    parts: str


def people_of(case: Case) -> list[Taker]:
    """Return who takes part, the owner first, each person once."""
    found: dict[int, tuple[Any, list[str]]] = {}

    def note(person: Any, word: str) -> None:
        _person, words = found.setdefault(person.pk, (person, []))
        if word not in words:
            words.append(word)

    if case.owner is not None:
        note(case.owner, str(Participant.Part.OWNER.label))
    for part in case.participants.all():
        if part.part == Participant.Part.OWNER and part.person_id != case.owner_id:
            note(part.person, _("Owner before"))
        else:
            note(part.person, str(Participant.Part(part.part).label))
    if case.raised_by is not None:
        note(case.raised_by, _("Raised"))
    return [
        Taker(pk, person.name, reverse("directory:person", args=[pk]), ", ".join(words))
        for pk, (person, words) in found.items()
    ]
