"""The rules of days: those of a place, with what it inherits, and one with its history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from footpath.accounts.permissions import may
from footpath.core import tree
from footpath.core.errors import NotThere
from footpath.directory.models import Area, Person
from footpath.meetings.models import DayRule
from footpath.meetings.rules import days as rules


@dataclass(frozen=True)
class RuleLine:
    """A rule as it stands in a place: whether it comes from above, and what stands instead."""

    rule: DayRule
    inherited: bool
    replaced: bool = False


def rule_lines(area: Area, *, on: date) -> list[RuleLine]:
    """Return the rules that a place and those above it have on a day or later, by code.

    A rule from above that a nearer one replaces is marked. Three queries.
    """
    rows = list(
        _with_parts(DayRule.objects.filter(path__in=_line_of(area.path)))
        .filter(Q(valid_until=None) | Q(valid_until__gte=on))
        .order_by("code", "path", "valid_from")
    )
    standing = {row.pk for row in rules.rules_of(map(plain, rows), area.path, on)}
    nearest = {row.code for row in rows if row.pk in standing}
    return [
        RuleLine(
            row,
            inherited=row.area_id != area.pk,
            replaced=row.valid_from <= on and row.code in nearest and row.pk not in standing,
        )
        for row in rows
    ]


def rules_below(area: Area, *, on: date) -> int:
    """Return how many rules places further down have on a day."""
    return (
        DayRule.objects.filter(tree.within(area.path), valid_from__lte=on)
        .filter(Q(valid_until=None) | Q(valid_until__gte=on))
        .exclude(area=area)
        .count()
    )


def get_rule_for(person: Person, *, pk: int) -> DayRule:
    """Return a day rule: rules are no secret to whoever reads meetings; NotThere to others."""
    rule = _with_parts(DayRule.objects.filter(pk=pk)).select_related("made_by").first()
    if rule is None or not may(person, "meetings.see"):
        raise NotThere
    return rule


def history_of(rule: DayRule) -> list[DayRule]:
    """Return the other rules with its code of its place, past and to come, the latest first."""
    rows = DayRule.objects.filter(area=rule.area_id, code=rule.code).exclude(pk=rule.pk)
    return list(rows.select_related("made_by").order_by("-valid_from", "-pk"))


def _line_of(path: str) -> list[str]:
    """Return the paths of the places above and of the place itself."""
    return [path[: end + tree.STEP] for end in range(0, len(path), tree.STEP)]


def _on_the_way(path: str) -> Q:
    """Return the condition "above the place, the place itself, or below it"."""
    return Q(path__in=_line_of(path)) | tree.within(path) if path else Q()


def _with_parts(rows: QuerySet[DayRule]) -> QuerySet[DayRule]:
    return rows.select_related("area").prefetch_related("kinds", "others")


def rules_between(path: str, first: date, last: date) -> Iterable[DayRule]:
    """Return the rules of a subtree and of the places above it that hold on a day of the span."""
    return (
        _with_parts(DayRule.objects.filter(_on_the_way(path)))
        .filter(valid_from__lte=last)
        .filter(Q(valid_until=None) | Q(valid_until__gte=first))
    )


def plain(row: DayRule) -> rules.Rule:
    """Return a rule as plain values; its parts are fetched before."""
    return rules.Rule(
        pk=row.pk,
        code=row.code,
        path=row.path,
        test=rules.DayTest(row.test),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        of_offices=row.of_offices,
        kinds=frozenset(kind.pk for kind in row.kinds.all()),
        days=frozenset(row.days),
        next_working_day=row.next_working_day,
        others=frozenset(kind.pk for kind in row.others.all()),
    )
