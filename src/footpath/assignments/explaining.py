"""What the engine says, in words: reasons, rules, findings and how good a plan is. Source: S2.1.

The engine answers in codes and keys; here they become sentences in the reader's language, with
the names of people and places. Whole sentences, so that they can be translated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from footpath.assignments.models import Plan, PlanFinding
from footpath.core import formats
from footpath.planning.assignment.problem import Rule


@dataclass(frozen=True)
class Names:
    """The names of the people and places that a plan speaks of, by their keys."""

    people: Mapping[int, str]
    places: Mapping[int, str]
    organizations: Mapping[int, str]

    def person(self, key: Any) -> str:
        """Return somebody's name; a dash for somebody unknown."""
        return self.people.get(int(key), "–") if str(key or "").isdecimal() else "–"

    def place(self, key: Any) -> str:
        """Return a place's name; a dash for an unknown one."""
        return self.places.get(int(key), "–") if str(key or "").isdecimal() else "–"

    def organization(self, key: Any) -> str:
        """Return an organization's name; a dash for an unknown one."""
        return self.organizations.get(int(key), "–") if str(key or "").isdecimal() else "–"


# --- how good a plan is ---------------------------------------------------------------------------


def gap_between(cost: float | None, bound: float | None) -> Decimal | None:
    """Return by how much percent of the cost the bound lies below, at most 100; None if unknown."""
    if cost is None or bound is None:
        return None
    if cost <= bound or not cost:
        return Decimal("0.00")
    share = Decimal(100) * (Decimal(cost) - Decimal(bound)) / abs(Decimal(cost))
    return min(share, Decimal(100)).quantize(Decimal("0.01"))


def gap_of(plan: Plan) -> Decimal | None:
    """Return by how much the plan may lie above the best possible, in percent; None if unknown."""
    return None if plan.status == "greedy" else gap_between(plan.cost, plan.bound)


def standing(plan: Plan) -> str:
    """Return how good the plan is: "Best possible plan, proven."."""
    if plan.status == "proven":
        return _("Best possible plan, proven.")
    gap = gap_of(plan)
    if gap is not None:
        return _("Within %(gap)s of the best possible.") % {"gap": formats.percent(gap)}
    return _("A first plan without a solver.")


# --- reasons of a line ----------------------------------------------------------------------------


def reasons_in_words(
    reasons: Iterable[Mapping[str, Any]],
    names: Names,
    *,
    sources: Mapping[tuple[int, int], str],
    pinned_by: str = "",
    place: int = 0,
) -> list[str]:
    """Return the reasons of a line, a sentence each.

    ``sources`` says where a rule is known from, by person and place ("declared on 12 January
    2026"); ``pinned_by`` who pinned the officer there.
    """
    found = []
    for reason in reasons:
        sentence = _reason(reason, names, sources, pinned_by, place)
        if sentence and sentence not in found:
            found.append(sentence)
    return found


def _reason(
    reason: Mapping[str, Any],
    names: Names,
    sources: Mapping[tuple[int, int], str],
    pinned_by: str,
    place: int,
) -> str:
    code = str(reason.get("code", ""))
    if code == "excluded":
        key = (int(reason.get("officer") or 0), place)
        who = names.person(reason.get("officer"))
        return excluded(str(reason.get("rule", "")), who, sources.get(key, ""))
    values = _values(reason, names) | {"person": pinned_by}
    if code == "was_empty" and not values["day"]:
        code = "empty"
    if code == "pinned" and not pinned_by:
        code = "pinned_somehow"
    sentence = {
        "kept": _("Stays."),
        "nearer": _("The way is %(km)s km shorter."),
        "farther": _("The way is longer; the other wishes weigh more."),
        "fairer": _("The load is shared more fairly."),
        "empty": _("Nobody was in charge."),
        "was_empty": _("Empty since %(day)s."),
        "deputy_takes_over": _("The deputy takes over."),
        "pinned": _("Pinned by %(person)s."),
        "pinned_somehow": _("Pinned."),
        "over_capacity": _("%(officer)s held %(places)s, the limit is %(limit)s."),
        "over_load": _("%(officer)s carried more than the limit: %(held)s of %(limit)s."),
        "spread": _("No more than %(limit)s of one organization in one place: %(organization)s."),
        "cluster": _("Somebody of leading rank was missing there."),
        "gives_way": _("%(officer)s goes to %(place)s, which nobody else could take."),
        "left": _("%(officer)s is no longer in office here."),
        "nobody_left": _("Nobody is left for it, see the findings."),
        "elsewhere": _("The whole plan is better that way."),
        "same_department": _("The lead comes from the same organization."),
    }.get(code, "")
    return sentence % values if sentence else ""


def _values(reason: Mapping[str, Any], names: Names) -> dict[str, str]:
    """Return what a reason speaks of, in words."""
    held = int(reason.get("held") or 0)
    since = str(reason.get("since") or "")
    return {
        "officer": names.person(reason["officer"])
        if reason.get("officer")
        else _("The officer until now"),
        "place": names.place(reason.get("place")),
        "organization": names.organization(reason.get("department")),
        "held": formats.number(held),
        "places": ngettext("%(num)s place", "%(num)s places", held) % {"num": formats.number(held)},
        "limit": formats.number(reason.get("limit") or 0),
        "km": formats.number(round(float(reason.get("km") or 0), 1)),
        "day": formats.day_year(date.fromisoformat(since)) if since else "",
    }


def excluded(rule: str, officer: str, source: str) -> str:
    """Return why somebody may no longer lead a place, with where it is known from."""
    values = {"officer": officer, "source": source}
    sentence = {
        "TIER": _("%(officer)s works for a tier whose officers do not take these places."),
        "BOUND": _("%(officer)s is bound to the desk and takes no places."),
        "FULL": _("%(officer)s takes no more places."),
        "DEPARTMENT": _("%(officer)s works for an organization that takes no places."),
        "HOME": _("%(officer)s lives there."),
        "RELATIVES": _("%(officer)s has relatives there."),
        "TERM": _("%(officer)s has led the place as long as the policy allows."),
        "SKILL": _("%(officer)s lacks what the place needs."),
        "AWAY": _("%(officer)s is away on the day the plan begins."),
        "REACH": _("%(officer)s serves other places."),
        "PIN": _("A pin keeps %(officer)s away."),
    }.get(rule, "")
    if sentence and source:
        return _("%(sentence)s %(source)s.") % {
            "sentence": sentence % values,
            "source": source[:1].upper() + source[1:],
        }
    return sentence % values


# --- rules ----------------------------------------------------------------------------------------


def rule_in_words(rule: Rule) -> str:
    """Return what an officer who breaks a rule is or does: "lives there"."""
    return {
        Rule.TIER: _("works for another tier"),
        Rule.BOUND: _("is bound to the desk or full elsewhere"),
        Rule.DEPARTMENT: _("works for an organization that takes no places"),
        Rule.HOME: _("lives there"),
        Rule.RELATIVES: _("has relatives there"),
        Rule.TERM: _("has led the place as long as the policy allows"),
        Rule.SKILL: _("lacks what the place needs"),
        Rule.AWAY: _("is away on the day the plan begins"),
        Rule.REACH: _("serves other places"),
        Rule.PIN: _("is kept away by a pin"),
    }.get(rule, "")


def funnel_step(rule: Rule, officers: int) -> str:
    """Return one step of the funnel: "3 have relatives there"."""
    said = {
        Rule.TIER: ngettext(
            "%(num)s works for another tier", "%(num)s work for another tier", officers
        ),
        Rule.BOUND: ngettext(
            "%(num)s is bound to the desk or full elsewhere",
            "%(num)s are bound to their desk or full elsewhere",
            officers,
        ),
        Rule.DEPARTMENT: ngettext(
            "%(num)s works for an organization that takes none",
            "%(num)s work for organizations that take none",
            officers,
        ),
        Rule.HOME: ngettext("%(num)s lives there", "%(num)s live there", officers),
        Rule.RELATIVES: ngettext(
            "%(num)s has relatives there", "%(num)s have relatives there", officers
        ),
        Rule.TERM: ngettext(
            "%(num)s led it as long as allowed", "%(num)s led it as long as allowed", officers
        ),
        Rule.SKILL: ngettext("%(num)s lacks what it needs", "%(num)s lack what it needs", officers),
        Rule.AWAY: ngettext("%(num)s is away", "%(num)s are away", officers),
        Rule.REACH: ngettext("%(num)s serves other places", "%(num)s serve other places", officers),
        Rule.PIN: ngettext(
            "%(num)s is kept away by a pin", "%(num)s are kept away by pins", officers
        ),
    }.get(rule, "")
    return said % {"num": formats.number(officers)} if said else ""


def rules_in(mask: int) -> list[Rule]:
    """Return the single rules of a mask, in the order of the rules."""
    return [rule for rule in Rule if rule & mask]


# --- findings -------------------------------------------------------------------------------------


def finding_title(finding: PlanFinding) -> str:
    """Return what a finding is, in few words: "one place short"."""
    data = finding.data
    short = max(1, len(data.get("places", ())) - int(data.get("places_left", 0)))
    if finding.kind == "short":
        return ngettext("one place short", "%(num)s places short", short) % {"num": short}
    return {
        "nobody": _("nobody may take it"),
        "pin": _("a pin stands in the way"),
        "cluster": _("nobody of leading rank"),
        "spread": _("too many of one organization"),
        "load": _("too heavy a load"),
        "deputy": _("no deputy"),
        "open": _("not solved"),
    }.get(finding.kind, "")


def finding_sentence(finding: PlanFinding, names: Names, places_word: str) -> str:
    """Return the finding as one sentence. ``places_word`` counts its places: "5 hamlets"."""
    data = finding.data
    officers, name = len(data.get("officers", ())), str(data.get("name", ""))
    left = int(data.get("places_left", 0))
    rules = ", ".join(rule_in_words(rule) for rule in rules_in(int(data.get("rules", 0))))
    short = ngettext(
        "%(places)s can only be served by this %(officers)s officer, who has %(left)s left.",
        "%(places)s can only be served by these %(officers)s officers, who have %(left)s left.",
        officers,
    )
    pin = (
        _("The pin of %(officer)s to %(where)s stands against a rule: %(rules)s.")
        if rules
        else _("The pin of %(officer)s to %(where)s stands against another pin or a limit.")
    )
    sentence = {
        "short": short,
        "nobody": _("%(places)s: no officer may be in charge."),
        "pin": pin,
        "deputy": _("%(places)s: nobody is left to be the deputy."),
        "spread": _(
            "%(places)s stay empty because no more officers of one organization may lead there: "
            "%(organization)s."
        ),
        "load": _("%(places)s stay empty because the officers would carry too much."),
        "cluster": _("%(places)s: nobody of leading rank is among the leads."),
        "open": _(
            "%(places)s stay empty although nothing is known to stand in the way: the work was "
            "stopped early, or no solver is installed."
        ),
    }.get(finding.kind, "%(places)s")
    return sentence % {
        "places": places_word,
        "officers": formats.number(officers),
        "left": ngettext("%(num)s place", "%(num)s places", left) % {"num": formats.number(left)},
        "officer": names.person(name),
        "organization": names.organization(name),
        "where": ", ".join(map(names.place, data.get("places", ()))),
        "rules": rules,
    }


def offer_in_words(offer: Mapping[str, Any], names: Names) -> str:
    """Return what a way out is called on its button: "Give Cao Thị Lan one place more"."""
    who, where = names.person(offer.get("officer")), names.place(offer.get("place"))
    if offer.get("kind") == "capacity":
        return _("Give %(officer)s one place more") % {"officer": who}
    if offer.get("kind") == "rule":
        return _("Allow %(officer)s in %(place)s") % {"officer": who, "place": where}
    if offer.get("kind") == "unpin":
        return _("Take the pin off %(place)s") % {"place": where}
    return ""
