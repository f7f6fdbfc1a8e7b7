"""Loading the demonstration: whole or not at all, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from random import Random

from django.db import connection, transaction
from django.utils.translation import override

from footpath.accounts import audit
from footpath.accounts.models import TrailLine, User
from footpath.cases.models import Category
from footpath.core import sql
from footpath.directory.models import Area
from footpath.meetings.models import MeetingKind
from footpath.web.demo import (
    coming,
    days,
    duties,
    facts,
    ledger,
    names,
    people,
    places,
    planned,
    shelf,
    texts,
)
from footpath.web.demo.closing import LOG_INS, PASSWORD
from footpath.web.demo.month import Life
from footpath.web.demo.scale import FULL, Scale
from footpath.web.demo.stage import Stage, last_moment, moment

LOADED = "demo.loaded"
SUBJECT = "footpath.demo:"


class Refused(Exception):
    """The database is not one to put the demonstration into; the message says why."""


def loaded_for(*, deed: str = LOADED) -> date | None:
    """Return the day that the demonstration of this database calls today, None without one."""
    line = TrailLine.objects.filter(deed=deed).order_by("pk").first()
    return date.fromisoformat(line.subject.removeprefix(SUBJECT)) if line is not None else None


def load(today: date, *, say: Callable[[str], None], scale: Scale = FULL) -> Stage | None:
    """Live the month that ends on the day before ``today``; None when it is there already.

    Everything passes through the services with a fixed seed, in one transaction. Raises Refused
    when the database holds other places or a user of one of the names that are given here.
    """
    if loaded_for() is not None:
        return None
    if Area.objects.exists():
        raise Refused(
            "This database already holds places. The demonstration needs an empty one: set "
            "FOOTPATH_DATA_DIR or FOOTPATH_DATABASE_URL to another place."
        )
    taken = User.objects.filter(username__in=LOG_INS).order_by("username").first()
    if taken is not None:
        raise Refused(
            f"The user name {taken.username} is taken, and the demonstration needs it. Use an "
            "empty database: set FOOTPATH_DATA_DIR or FOOTPATH_DATABASE_URL to another place."
        )
    with _one_transaction(), override("vi"):
        stage = _live(today, say, scale)
        audit.record(
            LOADED,
            by=people.COMMAND,
            subject=f"{SUBJECT}{today.isoformat()}",
            at=last_moment(today),
        )
        # Before the commit, so that the seals due after every thousand lines find all done.
        audit.seal_checkpoint(at=last_moment(today))
        transaction.on_commit(sql.refresh_statistics)
    return stage


@contextmanager
def _one_transaction() -> Iterator[None]:
    """Open a transaction without savepoints: it is kept whole or not at all.

    Every deed would set a savepoint. PostgreSQL then remembers, for each row that others point to,
    every savepoint that looked at it, and twenty thousand deeds become slower and slower.
    """
    with transaction.atomic():
        features = connection.features
        features.uses_savepoints = False
        try:
            yield
        finally:
            features.uses_savepoints = True


def _live(today: date, say: Callable[[str], None], scale: Scale) -> Stage:
    random = Random(facts.SEED)  # noqa: S311 - the same month every time, nothing secret
    invented = names.people(random)
    founded = moment(facts.FOUNDED, 8)
    admin = people.first_administrator(next(invented), password=PASSWORD, at=founded)
    district, communes = places.build(scale, random, by=admin, at=founded, say=say)
    stage = Stage(scale, random, today, say, admin, district, communes)
    people.settle(stage, invented)
    duties.write(stage)
    _tables(stage)
    days.settle(stage)
    ledger.settle(stage)
    days.build_halls(stage)
    life = Life(stage)
    life.before()
    life.month()
    people.let_in(stage, PASSWORD)  # who can sign in is told of what follows
    life.ahead()
    ledger.live(stage)
    days.close_a_commune(stage)
    coming.plan(stage)
    planned.propose(stage)
    shelf.fill(stage)
    duties.send_on_leave(stage)
    return stage


def _tables(stage: Stage) -> None:
    """Take the standard kinds of meetings, and write the categories of cases, with a line each."""
    stage.kinds = {kind.code: kind for kind in MeetingKind.objects.all()}
    for topic in texts.TOPICS:
        en, vi, zh, ru = topic.names
        category = Category(
            code=topic.code,
            days_to_close=topic.days,
            name_en=en,
            name_vi=vi,
            name_zh=zh,
            name_ru=ru,
        )
        category.save()
        stage.topics.append((topic, category))
        audit.record(
            "cases.category_created",
            by=stage.administrator,
            subject=category,
            at=stage.founded,
            after={"code": category.code},
        )
