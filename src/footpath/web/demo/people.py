"""Offices, posts, people (all invented), and who is in charge of what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from footpath.accounts import audit
from footpath.accounts import services as accounts
from footpath.accounts.rules import Role
from footpath.assignments import services as assignments
from footpath.assignments.models import Assignment
from footpath.core import clock
from footpath.directory import services as directory
from footpath.directory.models import Area, Organization, Person, Post
from footpath.directory.services.administrators import create_administrator
from footpath.web.demo import facts, texts
from footpath.web.demo.stage import Commune, Hamlet, Stage, last_moment

ROLE = Assignment.Role
COMMAND = audit.System("footpath demo")


def first_administrator(name: str, *, password: str, at: datetime) -> Person:
    """Make the first administrator as ``footpath createadmin`` does: nobody stands above yet."""
    person = create_administrator(username="admin", password=password, name=name, by=COMMAND, at=at)
    Person.objects.filter(pk=person.pk).update(is_synthetic=True)
    person = Person.objects.select_related("user").get(pk=person.pk)
    directory.change_person(person=person, name=name, code="CT-0001", by=person, at=at)
    return person


class Staff:
    """Engages people one after another, each with a staff number and an invented name."""

    def __init__(self, stage: Stage, invented: Iterator[str]) -> None:
        self.stage = stage
        self._names = invented
        self._numbers = count(2)
        self.engaged = 1
        self._posts: dict[tuple[int, str], Post] = {}

    def engage(
        self,
        unit: Organization,
        title: str = "",
        role: Role = Role.MEMBER,
        home: Area | None = None,
    ) -> Person:
        """Return a new person in a post of the organization."""
        by, at = self.stage.administrator, self.stage.founded
        person = directory.create_person(
            name=next(self._names),
            code=f"CT-{next(self._numbers):04d}",
            home_area=home,
            is_synthetic=True,
            by=by,
            at=at,
        )
        post = self._post(unit, title, role) if title else None
        directory.start_membership(
            person=person, organization=unit, post=post, start=clock.day_of(at), by=by, at=at
        )
        self.engaged += 1
        return person

    def _post(self, unit: Organization, title: str, role: Role) -> Post:
        key = (unit.pk, title)
        if key not in self._posts:
            self._posts[key] = directory.create_post(
                organization=unit,
                title=title,
                role=role,
                by=self.stage.administrator,
                at=self.stage.founded,
            )
        return self._posts[key]


def settle(stage: Stage, invented: Iterator[str]) -> None:
    """Found the offices, engage everybody, and put them in charge."""
    staff = Staff(stage, invented)
    committee = _office(stage, "831-hu", "Huyện ủy Châu Thành", stage.district, kind="committee")
    house = _office(stage, "831-vp", "Văn phòng Huyện ủy", stage.district, parent=committee)
    for code, name, kind in texts.AGENCIES:
        stage.agencies[code] = _office(
            stage, f"831-{code}", name, stage.district, kind=kind, parent=committee
        )
    stage.boss = staff.engage(committee, "Bí thư Huyện ủy")
    stage.office = [staff.engage(house, "Chuyên viên Văn phòng", Role.OFFICE) for _ in range(3)]
    stage.auditor = staff.engage(committee, "Ủy ban Kiểm tra", Role.AUDITOR)
    leads = [
        staff.engage(committee, "Ủy viên Thường vụ") for _cluster in range(stage.scale.clusters)
    ]
    for commune in stage.communes:
        _commune_office(stage, staff, commune, committee)
    units = list(stage.agencies.values())
    officers = [
        staff.engage(units[index % len(units)], "Chuyên viên")
        for index in range(stage.scale.hamlet_officers)
    ]
    more = stage.scale.people - staff.engaged
    for index in range(more):
        commune = stage.communes[index % len(stage.communes)]
        commune.officers.append(staff.engage(_of(commune), "Công chức xã"))
    stage.say(f"people: {staff.engaged} in office (invented)")
    _put_in_charge(stage, leads, officers)


def let_in(stage: Stage, password: str) -> None:
    """Give the people of the demonstration their log-ins, all with one printed password."""
    by, at = stage.administrator, last_moment(stage.today)
    for username, person in log_ins(stage):
        if person.user_id is not None:
            continue
        user = accounts.create_user(username=username, password=password, by=by, at=at)
        Person.objects.filter(pk=person.pk).update(user=user)
        person.user = user
        audit.record(
            "directory.access_given", by=by, subject=person, at=at, after={"username": username}
        )


def log_ins(stage: Stage) -> list[tuple[str, Person]]:
    """Return user name and person, in the order in which they are printed."""
    commune, hamlet = stage.hamlets[0]
    found = [
        ("admin", stage.administrator),
        ("office", stage.office[0]),
        ("head", commune.head),
        ("officer", hamlet.officer),
        ("cluster", commune.cluster_lead),
        ("auditor", stage.auditor),
        ("member", hamlet.secretary),
    ]
    return [(name, person) for name, person in found if person is not None]


def _office(
    stage: Stage,
    code: str,
    name: str,
    area: Area,
    *,
    kind: str = "office",
    parent: Organization | None = None,
) -> Organization:
    return directory.create_organization(
        code=code,
        name=name,
        area=area,
        kind=kind,
        parent=parent,
        is_synthetic=True,
        by=stage.administrator,
        at=stage.founded,
    )


def _commune_office(stage: Stage, staff: Staff, commune: Commune, committee: Organization) -> None:
    area = commune.area
    commune.office = _office(stage, f"{area.code}-ub", f"UBND {area.name}", area)
    commune.seat("head", staff.engage(commune.office, "Chủ tịch", Role.HEAD))
    commune.seat("vice", staff.engage(commune.office, "Phó Chủ tịch", Role.HEAD))
    commune.seat("member", staff.engage(committee, "Huyện ủy viên"))
    for hamlet in commune.hamlets:
        place = hamlet.area
        cell = _office(stage, f"{place.code}-cb", f"Chi bộ {place.name}", place, kind="committee")
        hamlet.secretary = staff.engage(cell, "Bí thư chi bộ", home=place)


def _of(commune: Commune) -> Organization:
    if commune.office is None:
        raise ValueError(commune.area.name)
    return commune.office


def _put_in_charge(stage: Stage, leads: list[Person], officers: list[Person]) -> None:
    by = stage.office[0]
    stage.basis = assignments.create_basis_document(
        number=facts.BASIS_NUMBER,
        issued_on=facts.BASIS_DATE,
        issuer=facts.BASIS_ISSUER,
        by=by,
        at=stage.founded,
    )
    if stage.boss is not None:
        _charge(stage, by, stage.boss, stage.district)
    size = -(-len(stage.communes) // len(leads))
    for index, lead in enumerate(leads):
        communes = stage.communes[index * size : (index + 1) * size]
        assignments.create_cluster(
            name=f"Cụm {index + 1}",
            area=stage.district,
            members=[commune.area for commune in communes],
            lead=lead,
            by=by,
            at=stage.founded,
        )
        for commune in communes:
            commune.seat("cluster_lead", lead)
            _charge(stage, by, lead, commune.area, ROLE.CLUSTER_LEAD)
            _charge(stage, by, commune.member, commune.area)
    _hamlets_in_charge(stage, by, officers)
    groups = _groups_in_charge(stage)
    stage.say(
        f"in charge: {len(stage.communes)} communes in {len(leads)} clusters, "
        f"{stage.scale.hamlets - stage.scale.hamlets_without_lead}/{stage.scale.hamlets} hamlets, "
        f"{groups}/{stage.scale.groups} household groups"
    )


def _hamlets_in_charge(stage: Stage, by: Person, officers: list[Person]) -> None:
    hamlets = [hamlet for _commune, hamlet in stage.hamlets]
    without = stage.random.sample(range(1, len(hamlets)), stage.scale.hamlets_without_lead)
    covered = [hamlet for index, hamlet in enumerate(hamlets) if index not in without]
    for index, hamlet in enumerate(covered):
        at = index * len(officers) // len(covered)
        hamlet.officer = officers[at]
        _charge(stage, by, officers[at], hamlet.area)
        if index % 5 == 2:
            hamlet.deputy = officers[(at + 1) % len(officers)]
            _charge(stage, by, hamlet.deputy, hamlet.area, ROLE.DEPUTY)


def _groups_in_charge(stage: Stage) -> int:
    groups = [
        (commune, hamlet, group) for commune, hamlet in stage.hamlets for group in hamlet.groups
    ]
    without = set(stage.random.sample(range(len(groups)), stage.scale.groups_without_lead))
    for index, (commune, hamlet, group) in enumerate(groups):
        if index in without:
            continue
        _charge(stage, commune.head, _worker(commune, hamlet, index), group)
    return len(groups) - len(without)


def _worker(commune: Commune, hamlet: Hamlet, index: int) -> Person:
    """Return the commune officer for a group: those of one hamlet share its groups."""
    place = commune.hamlets.index(hamlet)
    share = max(1, len(commune.officers) // len(commune.hamlets))
    first = place * share % len(commune.officers)
    return commune.officers[(first + index % share) % len(commune.officers)]


def _charge(
    stage: Stage, by: Person, person: Person, area: Area, role: str = ROLE.LEAD
) -> Assignment:
    start = facts.BASIS_DATE + timedelta(days=stage.random.randrange(21, 700))
    return assignments.put_in_charge(
        person=person,
        area=area,
        role=role,
        basis=stage.basis,
        start=min(start, stage.today - timedelta(days=250)),
        by=by,
        at=stage.founded,
    )
