"""What stands fast: pinned to each part of a day that it takes something of."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

from django.utils import timezone

from footpath.meetings.models import Meeting
from footpath.meetings.planning_month.rows import Rows
from footpath.meetings.rules import month as parts
from footpath.planning.month import problem as engine

NOWHERE = "-"
"""The spot of what stands fast: the way to it is not counted."""


class _Taken:
    """What stands fast takes, once in each part of a day."""

    def __init__(self, rows: Rows) -> None:
        self.most, self.halls, self.closed = rows.most_a_day, rows.halls, rows.closed
        self.people: set[tuple[str, int]] = set()
        self.a_day: Counter[tuple[date, int]] = Counter()
        self.used: Counter[tuple[str, int]] = Counter()

    def person(self, person: int, slot: str, day: date) -> bool:
        """Take somebody's time; False when it is taken already, or the day is full."""
        if (slot, person) in self.people or self.a_day[day, person] >= self.most:
            return False
        self.people.add((slot, person))
        self.a_day[day, person] += 1
        return True

    def hall(self, hall: int | None, slot: str, day: date) -> int | None:
        """Take room in a hall and return it; None when it is full, closed, or asked for by none."""
        if hall is None or hall not in self.halls:
            return None
        if self.used[slot, hall] >= self.halls[hall].at_once or day in self.closed[hall]:
            return None
        self.used[slot, hall] += 1
        return hall


def standing_fast(
    rows: Rows,
) -> tuple[dict[str, Meeting], list[tuple[engine.Meeting, str]]]:
    """Return what stands fast, pinned to each part of a day that it takes something of.

    Each person and each hall is counted once in a part of a day, so that none of them is ever
    in the way of another of them. Leave takes a person's time, but no hall.
    """
    who: defaultdict[str, set[int]] = defaultdict(set)
    meetings = {f"x{row.pk}.": row for row in (*rows.stand, *rows.others)}
    for row in rows.stand:
        who[f"x{row.pk}."] |= {one.person for one in rows.people[row.pk]}
    for more, found in (("", rows.outside), ("leave", rows.leave)):
        for meeting, person in found:
            meetings.setdefault(f"x{meeting.pk}.{more}", meeting)
            who[f"x{meeting.pk}.{more}"].add(person)
    taken = _Taken(rows)
    fixed: dict[str, Meeting] = {}
    dummies = []
    for key, row in sorted(meetings.items(), key=lambda pair: (pair[1].starts_at, pair[0])):
        begins, ends = timezone.localtime(row.starts_at), timezone.localtime(row.ends_at)
        for number, slot in enumerate(parts.slots_touched(begins, ends)):
            day, _part = parts.read_slot(slot)
            here = [pk for pk in sorted(who[key]) if not rows.is_away(pk, day)]
            comers = [pk for pk in here if taken.person(pk, slot, day)]
            hall = taken.hall(row.hall_id, slot, day) if key.endswith(".") else None
            if not comers and hall is None:
                continue
            name = f"{key}{number}"
            fixed[name] = row
            dummy = engine.Meeting(
                id=name,
                kind="",
                spot=NOWHERE,
                attendees=tuple(map(str, comers)),
                hall=str(hall) if hall is not None else "",
            )
            dummies.append((dummy, slot))
    return fixed, dummies
