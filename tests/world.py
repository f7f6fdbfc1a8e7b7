"""A small world for tests: one province down to household groups, and people with posts in it.

Builders write rows directly where a test needs a state to start from; what is under test goes
through the services.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from itertools import count
from typing import Any, ClassVar

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.db.models.signals import post_save

from footpath.accounts.models import User
from footpath.accounts.rules import Role
from footpath.assignments.models import Assignment
from footpath.cases import services as cases
from footpath.cases.models import Case, Category
from footpath.core import clock, tree
from footpath.directory.models import (
    Area,
    CalendarYear,
    Membership,
    Organization,
    Person,
    Post,
    SpecialDay,
    Tier,
)
from footpath.knowledge import first_topics
from footpath.knowledge.models import Topic
from footpath.meetings.models import MeetingKind

NOON = datetime(2026, 3, 10, 5, 0, tzinfo=UTC)
"""Noon in Bến Tre on Tuesday 10 March 2026."""

LONG_AGO = date(2020, 1, 1)
PASSWORD = "correct horse battery"

TIERS = (
    ("province", "Province", "Tỉnh", "省", "Провинция"),
    ("district", "District", "Huyện", "县", "Район"),
    ("commune", "Commune", "Xã", "乡", "Община"),
    ("hamlet", "Hamlet", "Ấp", "村", "Деревня"),
    ("group", "Household group", "Tổ", "小组", "Группа дворов"),
)

_numbers = count(1)


def later(**span: float) -> datetime:
    """Return a moment after NOON: ``later(days=2)``."""
    return NOON + timedelta(**span)


def tiers() -> list[Tier]:
    """Return the five tiers, made on first use."""
    return [
        Tier.objects.get_or_create(
            code=code,
            defaults={
                "level": level,
                "name_en": en,
                "name_vi": vi,
                "name_zh": zh,
                "name_ru": ru,
            },
        )[0]
        for level, (code, en, vi, zh, ru) in enumerate(TIERS)
    ]


def area(name: str, parent: Area | None = None, code: str | None = None, **values: Any) -> Area:
    """Return a new place below its parent; the tier follows from the parent's."""
    level = 0 if parent is None else parent.tier.level + 1
    made = Area(
        tier=tiers()[level],
        name=name,
        code=code or f"T{next(_numbers)}",
        parent=parent,
        **values,
    )
    made.search = made.searchable()
    made.save()
    made.path = (parent.path if parent else "") + tree.step(made.pk)
    made.save(update_fields=["path"])
    return made


def organization(name: str, place: Area, **values: Any) -> Organization:
    """Return a new organization of a place."""
    made = Organization(name=name, area=place, code=f"O{next(_numbers)}", **values)
    made.search = made.searchable()
    made.save()
    return made


def user(username: str) -> User:
    """Return a new user whose password is PASSWORD."""
    made = User(username=username)
    made.set_password(PASSWORD)
    made.save()
    return made


def person(name: str, *, signs_in: bool = True, **values: Any) -> Person:
    """Return a new person; the user name is the name in small letters without spaces."""
    number = next(_numbers)
    made = Person(
        name=name,
        code=f"P{number}",
        user=user(f"{name.lower().replace(' ', '')}{number}") if signs_in else None,
        **values,
    )
    made.search = made.searchable()
    made.save()
    return made


def holder(name: str, role: Role, unit: Organization, place: Area | None = None) -> Person:
    """Return a person in a post of the organization with the role over the place."""
    made = person(name)
    post = Post.objects.create(
        organization=unit,
        title=f"{role} {next(_numbers)}",
        role=role,
        area=place,
        covers_everything=role is Role.ADMINISTRATOR,
    )
    Membership.objects.create(person=made, organization=unit, post=post, start=LONG_AGO)
    return made


def member(name: str, unit: Organization) -> Person:
    """Return a person who belongs to the organization without a post."""
    made = person(name)
    Membership.objects.create(person=made, organization=unit, start=LONG_AGO)
    return made


def assign(who: Person, place: Area, role: str = "lead", **values: Any) -> Assignment:
    """Put a person in charge of a place from long ago, without going through the service."""
    values.setdefault("start", LONG_AGO)
    return Assignment.objects.create(person=who, area=place, role=role, **values)


def settle(world: World, *years: int) -> None:
    """Settle the calendar of these years, so that days in them may be counted on."""
    for year in years:
        CalendarYear.objects.get_or_create(
            year=year,
            defaults={
                "basis": "Notice of the ministry",
                "settled_by": world.administrator,
                "settled_at": NOON,
            },
        )


def every_day_works(world: World) -> None:
    """Let meetings stand on any day around today: tests that follow today meet holidays too."""
    today = clock.today()
    SpecialDay.objects.create(
        kind=SpecialDay.Kind.WORKING,
        first=today.replace(year=today.year - 1, month=1, day=1),
        last=today.replace(year=today.year + 2, month=12, day=31),
        reason="Tests follow today.",
        noted_by=world.administrator,
        noted_at=NOON,
    )


def fresh(who: Person) -> Person:
    """Return the person read anew, so that the scope is read anew too."""
    return Person.objects.get(pk=who.pk)


def kinds() -> dict[str, MeetingKind]:
    """Return the standard kinds by code, written anew where a test emptied all tables."""
    standard = import_module("footpath.meetings.migrations.0003_standard_kinds_and_search")
    if not MeetingKind.objects.filter(code="cell").exists():
        standard.forwards(apps, None)
    return {kind.code: kind for kind in MeetingKind.objects.all()}


def topics() -> dict[str, Topic]:
    """Return the first topics by code, written anew where a test emptied all tables."""
    if not Topic.objects.exists():
        first = range(len(first_topics.FIRST_TOPICS))
        Topic.objects.bulk_create(Topic(**first_topics.values(at)) for at in first)
    return {topic.code: topic for topic in Topic.objects.all()}


@contextmanager
def _written() -> Iterator[list[Model]]:
    """Collect the rows that are saved meanwhile for the first time, in their order."""
    rows: list[Model] = []

    def note(instance: Model, created: bool, **_: Any) -> None:
        if created:
            rows.append(instance)

    post_save.connect(note)
    try:
        yield rows
    finally:
        post_save.disconnect(note)


class World:
    """Châu Thành in small: 2 communes, 3 hamlets, the offices, and one person for each role.

    ``officer`` leads hamlet ``hue`` and ``second`` leads hamlet ``khanh``, both in commune
    ``thach``; ``far`` leads hamlet ``phuoc`` of the other commune. ``head`` heads ``thach``,
    ``office`` works for the district, ``lead`` leads ``thach`` and ``boss`` leads the district.
    """

    _kept: ClassVar[dict[int, bytes]] = {}

    def __init__(self) -> None:
        """Write the rows: those of the first world again, at once, where none is in the way."""
        this_year = clock.today().year
        cell_meeting = kinds()["cell"]
        if not self._write_again(this_year):
            with _written() as rows:
                self._build(this_year)
            if any(isinstance(row, Tier) for row in rows):
                self._kept[this_year] = pickle.dumps((vars(self), rows))
        self.cell_meeting = cell_meeting

    def _write_again(self, this_year: int) -> bool:
        """Write the rows of an earlier world of this process; return False when that cannot be."""
        if this_year not in self._kept:
            return False
        things, rows = pickle.loads(self._kept[this_year])
        tables: dict[type[Model], list[Model]] = {}
        for row in rows:
            tables.setdefault(type(row), []).append(row)
        try:
            with transaction.atomic():
                for table, its_rows in tables.items():
                    table._default_manager.bulk_create(its_rows)
        except IntegrityError:  # the test wrote rows of its own before
            return False
        vars(self).update(things)
        return True

    def _build(self, this_year: int) -> None:
        self.province = area("Tỉnh Bến Tre", code="83", type_name="Tỉnh")
        self.district = area("Huyện Châu Thành", self.province, code="831", type_name="Huyện")
        self.thach = area("Xã Tân Thạch", self.district, code="28804", type_name="Xã")
        self.son = area("Xã Quới Sơn", self.district, code="28807", type_name="Xã")
        self.hue = area("Ấp Tân Huề", self.thach, code="28804-01", type_name="Ấp")
        self.khanh = area("Ấp Vĩnh Khánh", self.thach, code="28804-02", type_name="Ấp")
        self.phuoc = area("Ấp Phước Hòa", self.son, code="28807-01", type_name="Ấp")
        self.group = area("Tổ 1", self.hue, code="28804-01-1")
        self.district_office = organization("District office", self.district)
        self.commune_office = organization("Commune office", self.thach)
        self.agency = organization("Office of Health", self.district, kind="agency")
        self.cell = organization("Cell of Tân Huề", self.hue)
        self.administrator = holder("Admin", Role.ADMINISTRATOR, self.district_office)
        self.office = holder("Lương Minh Vũ", Role.OFFICE, self.district_office, self.district)
        self.auditor = holder("Auditor", Role.AUDITOR, self.district_office, self.district)
        self.head = holder("Phạm Văn Tuấn", Role.HEAD, self.commune_office, self.thach)
        self.member = member("Member", self.cell)
        self.officer = member("Lê Thị Mai", self.district_office)
        self.second = member("Tô Thị Hiền", self.district_office)
        self.far = member("Bùi Thanh Sơn", self.district_office)
        self.lead = member("Ngô Thị Bích Thủy", self.district_office)
        self.boss = member("Trần Văn Lộc", self.district_office)
        for who, place in (
            (self.officer, self.hue),
            (self.second, self.khanh),
            (self.far, self.phuoc),
            (self.lead, self.thach),
            (self.boss, self.district),
        ):
            assign(who, place)
        self.category = Category.objects.create(
            code="irrigation", name_en="Irrigation", name_vi="Thủy lợi", days_to_close=30
        )
        years = NOON.year, this_year  # tests stand in one of both
        settle(self, *range(min(years) - 1, max(years) + 3))

    def case(self, title: str = "Sluice gate leaks", **values: Any) -> Case:
        """Raise a case in hamlet ``hue`` through the service."""
        values.setdefault("area", self.hue)
        values.setdefault("category", self.category)
        values.setdefault("by", self.officer)
        values.setdefault("at", NOON)
        return cases.raise_case(title=title, **values)

    def rectified_case(self, **values: Any) -> Case:
        """Return a case owned and rectified by the head of the commune."""
        case = self.case(**values)
        cases.accept_case(case=case, by=self.head, at=later(hours=1))
        cases.rectify_case(case=case, text="Seal replaced.", by=self.head, at=later(hours=2))
        return case

    def closed_case(self, **values: Any) -> Case:
        """Return a rectified case that the officer has confirmed on the spot."""
        case = self.rectified_case(**values)
        cases.verify_case(case=case, result="confirmed", by=self.officer, at=later(hours=3))
        return case
