"""Counts that everybody may check, by epoch and without names."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Count as Number
from django.db.models import QuerySet

from footpath.questions import rules
from footpath.questions.models import Count, OfficerCount, Question
from footpath.questions.selectors import keys
from footpath.secrecy.epochs import epoch_of, spendable_on

RECEIVED = "received"
ITEMS = "items"


@dataclass(frozen=True)
class Alarms:
    """What the guidance group is reminded of; it names no question and no officer."""

    overdue: int
    near_end: int
    flagged: tuple[str, ...]

    @property
    def is_quiet(self) -> bool:
        """Return whether there is nothing to remind of."""
        return not (self.overdue or self.near_end or self.flagged)


def drawn(epoch: str) -> int:
    """Return how many members have drawn tokens of an epoch, as the member side last said."""
    return int(keys.files().drawn().get(epoch, 0))


def open_epochs(on: date) -> list[str]:
    """Return the epochs whose tokens are taken on a day: in their time, with a key, past the gate.

    The earlier first; empty while fewer than ``FOOTPATH_CORNER_LEAST`` members have drawn.
    """
    known, counts = keys.epochs(), keys.files().drawn()
    return [
        str(epoch)
        for epoch in spendable_on(on)
        if epoch in known and counts.get(epoch, 0) >= settings.CORNER_LEAST
    ]


def figures(epoch: str) -> rules.Figures:
    """Return the counts of one epoch, zeros when there are none. Two queries."""
    found = _figures(Count.objects.filter(epoch=epoch), OfficerCount.objects.filter(epoch=epoch))
    empty = rules.Figures(epoch, drawn(epoch), 0, 0, None, None, None)
    return next(iter(found), empty)


def figures_of_all() -> list[rules.Figures]:
    """Return the counts of every epoch that has any, the latest first. Two queries."""
    return _figures(Count.objects.exclude(epoch=""), OfficerCount.objects.all())


def alarms(on: date) -> Alarms:
    """Return what the guidance group is reminded of on a day. Three queries."""
    found, now = figures_of_all(), epoch_of(on)
    unanswered = (
        Question.objects.filter(answered_in="")
        .values_list("epoch")
        .annotate(number=Number("pk"))
        .order_by()
    )
    return Alarms(
        overdue=sum(one.overdue or 0 for one in found),
        near_end=sum(number for epoch, number in unanswered if rules.is_near_end(epoch, now)),
        flagged=tuple(one.epoch for one in found if one.is_flagged),
    )


def _figures(counts: QuerySet[Count], officers: QuerySet[OfficerCount]) -> list[rules.Figures]:
    server: dict[str, dict[str, int]] = {}
    for epoch, name, value in counts.values_list("epoch", "name", "value"):
        server.setdefault(epoch, {})[name] = value
    said: dict[str, dict[str, int]] = {}
    for epoch, text in officers.values_list("epoch", "text"):
        counted = json.loads(text)["counters"][epoch]
        # Whoever has read the most knows the most; of two, who has answered more.
        said[epoch] = max(
            (counted, *([said[epoch]] if epoch in said else [])),
            key=lambda one: (one["real"], one["answered"]),
        )
    members = keys.files().drawn()
    return [
        rules.Figures(
            epoch=epoch,
            drawn=int(members.get(epoch, 0)),
            received=server.get(epoch, {}).get(RECEIVED, 0),
            items=server.get(epoch, {}).get(ITEMS, 0),
            real=said.get(epoch, {}).get("real"),
            answered=said.get(epoch, {}).get("answered"),
            overdue=said.get(epoch, {}).get("overdue"),
        )
        for epoch in sorted({*server, *said}, reverse=True)
    ]
