"""Looking up reminders: one's own, and those of the places where one may remind. Source: S4.3."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from footpath.accounts.permissions import may
from footpath.accounts.rules import Role
from footpath.cases.models import Case, Clock, Reminder
from footpath.cases.permissions import cluster_paths
from footpath.cases.rules import ladder as rules
from footpath.cases.selectors.ladder import Ladders, years_around
from footpath.core import tree
from footpath.core.errors import NotThere
from footpath.core.paging import Order, Page, page_of
from footpath.directory.models import Area, Person
from footpath.notifications.models import Delivery, Notice

LEADERS = (Role.HEAD, Role.OFFICE)
State = Reminder.State
VIEWS = ("calls", "notices", "instructions", "mine", "all")
TO_HAND_OVER = Q(channel="notice", state=State.SENT) & ~Q(number="")
TO_DO = {
    "calls": Q(channel="telephone", state=State.PLANNED),
    "notices": Q(channel="notice", state=State.PLANNED) | TO_HAND_OVER,
    "instructions": Q(channel="on_site", state=State.PLANNED),
}
TO_SEE = (State.SENT, State.DELIVERED)
OLDEST = Order("due_at", read=datetime.fromisoformat)
NEWEST = Order("due_at", descending=True, read=datetime.fromisoformat)
WITH = (
    "clock__case__area",
    "clock__case__category",
    "person__user",
    "done_by",
    "signed_by",
    "acknowledged_by",
)


def _led(person: Person) -> Q:
    """Return the condition that a reminder is of a case in a place where the person may remind."""
    condition = Q(pk=None)
    for path in paths_of(person):
        condition |= _inside(path)
    return condition


def paths_of(person: Person) -> tuple[str, ...]:
    """Return the paths of the places where the person may remind."""
    return (*person.scope.paths(LEADERS), *cluster_paths(person))


def _inside(path: str) -> Q:
    ids = tree.ids_of(path)
    return Q(**{f"clock__case__a{len(ids) - 1}": ids[-1]}) if ids else ~Q(pk=None)


def rows_for(person: Person, *, view: str, area: Area | None) -> QuerySet[Reminder]:
    """Return the reminders of a view, in no order.

    "calls", "notices" and "instructions" are what is to be done in the places where the person may
    remind, "all" is every reminder there, "mine" are those the person is reminded by.
    """
    if view == "mine":
        rows = Reminder.objects.filter(person=person)
    else:
        rows = Reminder.objects.filter(_led(person)).filter(TO_DO.get(view, Q()))
    return rows.filter(_inside(area.path)) if area is not None else rows


def order_of(view: str) -> Order:
    """Return the order of a view: tasks the oldest first, everything else the newest first."""
    return OLDEST if view in TO_DO else NEWEST


def reminders_for(
    person: Person, *, view: str, area: Area | None, after: str | None, size: int = 50
) -> Page[Reminder]:
    """Return a page of the reminders of a view, with whom and of what; one query."""
    rows = rows_for(person, view=view, area=area).select_related(*WITH)
    return page_of(rows, order=order_of(view), after=after, size=size)


def counts_for(person: Person, *, area: Area | None = None) -> dict[str, int]:
    """Return how many calls, notices and instructions wait for the person: one query.

    Without a place where the person may remind nothing is asked.
    """
    if not paths_of(person):
        return dict.fromkeys(TO_DO, 0)
    rows = Reminder.objects.filter(_led(person)).order_by()
    if area is not None:
        rows = rows.filter(_inside(area.path))
    rows = rows.filter(Q(state=State.PLANNED) | TO_HAND_OVER)
    counted = dict(rows.values_list("channel").annotate(number=Count("pk")))
    return {
        "calls": counted.get("telephone", 0),
        "notices": counted.get("notice", 0),
        "instructions": counted.get("on_site", 0),
    }


def to_acknowledge(person: Person, *, limit: int = 5) -> list[Reminder]:
    """Return the reminders of running clocks that the person has not acknowledged, newest first.

    Of one clock only the newest. One query.
    """
    rows = Reminder.objects.select_related(*WITH).filter(
        person=person, clock__stopped_at=None, state__in=TO_SEE
    )
    newest: dict[int, Reminder] = {}
    for row in rows.order_by("-due_at", "-pk")[: limit * 6]:
        newest.setdefault(row.clock_id, row)
    return list(newest.values())[:limit]


def get_reminder_for(person: Person, *, pk: int) -> Reminder:
    """Return a reminder to whoever is reminded or may remind there; NotThere for others."""
    found = Reminder.objects.select_related(*WITH).filter(pk=pk).first() if 0 < pk < 2**63 else None
    if found is None:
        raise NotThere
    if found.person_id != person.pk and not may(person, "cases.remind", found.clock.case):
        raise NotThere
    return found


@dataclass(frozen=True)
class Told:
    """How far a message has come: read in the interface, sent or failed on each channel."""

    read_at: datetime | None
    sent_at: datetime | None
    has_failed: bool


def told_of(rows: Iterable[Reminder]) -> dict[int, Told]:
    """Return how far the messages of reminders have come, by the reminder's key: two queries.

    Read from the records of what was sent on which channel; tasks have none.
    """
    wanted = {
        (row.person.user_id, row.notice_key): row.pk
        for row in rows
        if row.channel in rules.WRITTEN and row.person is not None
    }
    if not wanted:
        return {}
    notices = Notice.objects.filter(
        user__in={user for user, _key in wanted}, key__in=[key for _user, key in wanted]
    ).prefetch_related("deliveries")
    found = {}
    for notice in notices:
        key = wanted.get((notice.user_id, notice.key))
        if key is None:
            continue
        sent = [row for row in notice.deliveries.all() if row.state == Delivery.State.SENT]
        failed = [row for row in notice.deliveries.all() if row.state == Delivery.State.FAILED]
        times = [row.sent_at for row in sent if row.sent_at is not None]
        found[key] = Told(notice.read_at, min(times, default=None), bool(failed) and not sent)
    return found


@dataclass(frozen=True)
class Rungs:
    """The reminders of a case's running clock, and when the next one comes by the ladder."""

    clock: Clock
    rows: Sequence[Reminder]
    next_at: datetime | None
    next_channel: str


def rungs_of(case: Case, *, now: datetime) -> Rungs | None:
    """Return the rungs of the running clock that is due first, None when none runs.

    Six queries at most.
    """
    clock = (
        Clock.objects.filter(case=case, stopped_at=None).order_by("due_at", "kind", "pk").first()
    )
    if clock is None:
        return None
    clock.case = case
    rows = list(
        Reminder.objects.filter(clock=clock, version=clock.version)
        .select_related("person", "done_by")
        .order_by("pk")
    )
    for row in rows:
        row.clock = clock
    coming = None
    if clock.next_rung_at is not None:
        since = max(clock.next_rung_at, now)
        ladder = Ladders(years_around([clock.due_on]), path=clock.path).rungs(clock)
        coming = next((rung for rung in ladder if rung.at >= since), None)
    return Rungs(clock, rows, coming.at if coming else None, coming.channel if coming else "")
