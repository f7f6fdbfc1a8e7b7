"""What the engine says of a month, in words: reasons, findings, ways out, how good it is. S4.5.

The engine answers in codes and keys; here they become whole sentences in the reader's language,
with the names of people, meetings and places. The reason of a day that the rules refuse is kept in
the language of whoever started the plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from footpath.assignments.explaining import gap_between
from footpath.core import formats
from footpath.meetings.models import MonthPlan
from footpath.meetings.planning_month import key_of
from footpath.meetings.rules import month as parts
from footpath.planning.month.problem import Rule

MOST_NAMED = 4


@dataclass
class Names:
    """The names of the people, meetings and halls that a plan speaks of, by their keys."""

    people: Mapping[int, str] = field(default_factory=dict)
    meetings: Mapping[int, str] = field(default_factory=dict)
    halls: Mapping[int, str] = field(default_factory=dict)

    def person(self, name: Any) -> str:
        """Return somebody's name; a dash for somebody unknown."""
        return self.people.get(_key(name), "–")

    def meeting(self, name: Any) -> str:
        """Return what a meeting is called; a dash for an unknown one."""
        return self.meetings.get(_key(name), "–")

    def hall(self, name: Any) -> str:
        """Return a hall's name; a dash for an unknown one."""
        return self.halls.get(_key(name), "–")

    def many(self, names: Iterable[str]) -> str:
        """Return a few names, and how many more there are."""
        found = list(names)
        shown = ", ".join(found[:MOST_NAMED])
        more = len(found) - MOST_NAMED
        if more <= 0:
            return shown
        return ngettext("%(names)s and %(num)s more", "%(names)s and %(num)s more", more) % {
            "names": shown,
            "num": formats.number(more),
        }


def _key(name: Any) -> int:
    text = str(name if name is not None else "")
    try:
        return key_of(text)
    except ValueError:
        return 0


def slot_in_words(name: str) -> str:
    """Return a part of a day: "Sat 11 April, evening"."""
    try:
        day, part = parts.read_slot(name)
    except ValueError:
        return "–"
    return _("%(day)s, %(part)s") % {"day": formats.day(day), "part": part_in_words(part.code)}


def part_in_words(code: str) -> str:
    """Return what a part of the day is called."""
    return {"morning": _("morning"), "afternoon": _("afternoon"), "evening": _("evening")}.get(
        code, ""
    )


# --- how good a plan is ---------------------------------------------------------------------------


def standing(plan: MonthPlan) -> str:
    """Return how good the plan is: "Best possible plan, proven."."""
    if plan.status == "proven":
        if plan.events:
            return _("No repair changes less, proven.")
        return _("Best possible plan, proven.")
    gap = gap_of(plan)
    if gap is not None:
        return _("Within %(gap)s of the best possible.") % {"gap": formats.percent(gap)}
    return _("A first plan without a solver.")


def gap_of(plan: MonthPlan) -> Decimal | None:
    """Return by how much the plan may lie above the best possible, in percent; None if unknown."""
    return None if plan.status == "greedy" else gap_between(plan.cost, plan.bound)


# --- reasons of a line ----------------------------------------------------------------------------


def reasons_in_words(
    reasons: Iterable[Mapping[str, Any]], names: Names, *, pinned_by: str = ""
) -> list[str]:
    """Return the reasons of a line, a sentence each; ``pinned_by`` says who pinned it there."""
    found = []
    for reason in reasons:
        sentence = _reason(reason, names, pinned_by)
        if sentence and sentence not in found:
            found.append(sentence)
    return found


def _reason(reason: Mapping[str, Any], names: Names, pinned_by: str) -> str:
    code = str(reason.get("code", ""))
    if code == "barred":
        return _barred(reason, names)
    if code == "pinned" and not pinned_by:
        code = "pinned_somehow"
    sentence = {
        "as_before": _("As last month."),
        "pinned": _("Pinned by %(pinned_by)s."),
        "pinned_somehow": _("It cannot be moved any more."),
        "busy": _("%(slot)s: %(person)s is at %(meeting)s."),
        "travel": _("%(slot)s: %(person)s comes from %(meeting)s, which is too far away."),
        "day": _("%(day)s: %(person)s has as many meetings as one may have in a day."),
        "hall": _("%(slot)s: the hall is taken by %(meeting)s."),
        "away": _("%(slot)s: %(person)s is away."),
        "gives_way": _("%(slot)s goes to others; the whole month is better that way."),
        "no_slot": _("It finds no time, see the findings."),
        "comes": _("%(person)s can come after all."),
    }.get(code, "")
    slot = str(reason.get("slot") or "")
    return sentence % {
        "slot": slot_in_words(slot),
        "day": formats.day(parts.read_slot(slot)[0]) if slot else "–",
        "person": names.person(reason.get("person")),
        "meeting": names.meeting(reason.get("meeting")),
        "pinned_by": pinned_by,
    }


def _barred(reason: Mapping[str, Any], names: Names) -> str:
    what, rule = str(reason.get("what") or ""), str(reason.get("rule") or "")
    sentence = {
        "PAST": _("%(slot)s is over."),
        "PIN": _("%(slot)s is kept free by a pin."),
        "WINDOW": _("%(slot)s is too early or too late."),
        "CLOSED": "%(slot)s: %(what)s",
        "KIND": "%(slot)s: %(what)s",
        "WEEKDAY": _("%(slot)s: not on that day of the week."),
        "PART": _("%(slot)s: not in that part of the day."),
        "HALL": _("%(slot)s: %(hall)s is closed."),
        "AWAY": _("%(slot)s: %(person)s is away."),
    }.get(rule, "")
    return sentence % {
        "slot": slot_in_words(str(reason.get("slot") or "")),
        "what": what,
        "hall": names.hall(what) if rule == "HALL" else "",
        "person": names.person(what) if rule == "AWAY" else "",
    }


# --- findings -------------------------------------------------------------------------------------


def finding_title(finding: Mapping[str, Any]) -> str:
    """Return what a finding is, in few words."""
    count = len(finding.get("meetings", ()))
    if finding.get("kind") in ("nowhere", "crowded", "unknown"):
        return ngettext(
            "a meeting finds no time", "%(num)s meetings do not all find a time", count
        ) % {"num": formats.number(count)}
    return {
        "pin": _("a pin stands in the way"),
        "missing": _("somebody is away and nobody stands in"),
        "stands": _("another meeting stands in the way"),
    }.get(str(finding.get("kind")), "")


def finding_sentence(finding: Mapping[str, Any], names: Names) -> str:
    """Return the finding as a sentence."""
    kind = str(finding.get("kind"))
    meetings = names.many(names.meeting(pk) for pk in finding.get("meetings", ()))
    people = names.many(names.person(pk) for pk in finding.get("people", ()))
    fixed = names.many(names.meeting(pk) for pk in finding.get("fixed", ()))
    if kind == "crowded" and not people:
        kind = "crowded_hall"
    if kind == "pin" and not finding.get("rules"):
        kind = "pin_other"
    if kind == "pin" and fixed:
        kind = "stands"
    sentence = {
        "nowhere": _("%(meetings)s: no day of the month is left."),
        "crowded": _("%(meetings)s expect the same people (%(people)s) on the days left to them."),
        "crowded_hall": _("%(meetings)s cannot all be held on the days left to them."),
        "pin": _("%(meetings)s: the pin goes against a rule: %(rules)s."),
        "pin_other": _("%(meetings)s: the pin leaves no time that suits everybody."),
        "missing": _("%(meetings)s: %(people)s is away and nobody stands in."),
        "stands": _("%(meetings)s cannot be held beside %(fixed)s, which stays where it is."),
        "unknown": _(
            "%(meetings)s finds no time although nothing is known to stand in the way: the work "
            "was stopped early, or no solver is installed."
        ),
    }.get(kind, "%(meetings)s")
    rules = ", ".join(rule_in_words(rule) for rule in rules_in(int(finding.get("rules") or 0)))
    return sentence % {"meetings": meetings, "people": people, "fixed": fixed, "rules": rules}


def rules_in(mask: int) -> list[Rule]:
    """Return the single rules of a mask, in the order of the rules."""
    return [rule for rule in Rule if rule & mask]


def rule_in_words(rule: Rule) -> str:
    """Return what a rule is about, in few words."""
    return {
        Rule.PAST: _("the day is over"),
        Rule.PIN: _("a pin"),
        Rule.WINDOW: _("too early or too late"),
        Rule.CLOSED: _("nobody meets on that day"),
        Rule.KIND: _("a rule about days"),
        Rule.WEEKDAY: _("the day of the week"),
        Rule.PART: _("the part of the day"),
        Rule.HALL: _("the hall"),
        Rule.AWAY: _("somebody is away"),
        Rule.CHAIR: _("nobody to chair"),
    }.get(rule, "")


def funnel_in_words(funnel: Mapping[str, Any]) -> str:
    """Return why no day is left: "of 90 times, 60: the part of the day; 30: a rule about days"."""
    steps = [
        _("%(num)s: %(rule)s") % {"num": formats.number(count), "rule": rule_in_words(Rule(rule))}
        for rule, count in funnel.get("steps", ())
    ]
    left = len(funnel.get("left", ()))
    said = ngettext("Of %(num)s time: %(steps)s.", "Of %(num)s times: %(steps)s.", funnel["slots"])
    sentence = said % {"num": formats.number(funnel["slots"]), "steps": "; ".join(steps)}
    if not left:
        return sentence
    return (
        sentence
        + " "
        + ngettext("%(num)s is left and taken.", "%(num)s are left and taken.", left)
        % {"num": formats.number(left)}
    )


def offer_in_words(offer: Mapping[str, Any], names: Names) -> str:
    """Return what a way out is called on its button; "" for one that nobody may allow."""
    meeting, slot = names.meeting(offer.get("meeting")), slot_in_words(str(offer.get("slot") or ""))
    kind = str(offer.get("kind"))
    if kind == "excuse":
        return _("Excuse %(person)s from %(meeting)s") % {
            "person": names.person(offer.get("person")),
            "meeting": meeting,
        }
    if kind == "slot" and slot != "–":
        rules = ", ".join(rule_in_words(rule) for rule in rules_in(int(offer.get("rules") or 0)))
        return _("Allow %(meeting)s on %(slot)s, although: %(rules)s") % {
            "meeting": meeting,
            "slot": slot,
            "rules": rules,
        }
    if kind == "unpin":
        return _("Take the pin off %(meeting)s") % {"meeting": meeting}
    return ""


def event_in_words(event: Mapping[str, Any], names: Names) -> str:
    """Return an absence that a month is repaired for: "Lê Thị Mai is away, 9 to 12 April"."""
    first, last = (date.fromisoformat(str(event[name])) for name in ("first", "last"))
    if first == last:
        return _("%(person)s is away on %(day)s.") % {
            "person": names.person(event["absent"]),
            "day": formats.day_year(first),
        }
    return _("%(person)s is away from %(first)s to %(last)s.") % {
        "person": names.person(event["absent"]),
        "first": formats.day_year(first),
        "last": formats.day_year(last),
    }
