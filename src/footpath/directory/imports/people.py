"""People from a file: one row for each person in each organization, with the post held there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar

from footpath.accounts import audit
from footpath.accounts.models import User
from footpath.accounts.rules import Role
from footpath.accounts.services import create_user, scope_changed
from footpath.core import clock
from footpath.directory.imports.organizations import count
from footpath.directory.imports.outcome import Outcome, Progress
from footpath.directory.imports.problems import Problem
from footpath.directory.imports.reading import Sheet
from footpath.directory.imports.records import CHUNK, Record, RecordsFile, day
from footpath.directory.models import Area, Membership, Organization, Person, Post

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_USER_NAME = re.compile(r"[\w.@+-]+")
_OF_PERSON = ("name", "user_name", "phone", "email")
_OF_POST = ("role", "place")
PostKey = tuple[str, str]


@dataclass
class _Known:
    """What is here already of what the file names."""

    organizations: dict[str, Organization] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    posts: dict[PostKey, Post] = field(default_factory=dict)
    memberships: dict[tuple[str, str], list[Membership]] = field(default_factory=dict)


class PeopleFile(RecordsFile):
    """Columns: staff_number, name, organization, post, role, place, from, until, user_name, …

    ``role`` and ``place`` belong to the post; an empty place is the organization's own, and "*"
    is everywhere. An empty ``from`` is the day of the import. A user made here has no password:
    nobody can sign in until an administrator sets one.
    """

    required: ClassVar[tuple[str, ...]] = ("staff_number", "name", "organization")
    optional: ClassVar[tuple[str, ...]] = (
        "post",
        "role",
        "place",
        "from",
        "until",
        "user_name",
        "phone",
        "email",
    )
    filled: ClassVar[tuple[str, ...]] = required

    def __init__(
        self, sheet: Sheet, progress: Progress, *, by: Person | audit.System, at: datetime
    ) -> None:
        super().__init__(sheet, progress)
        self._by, self._moment, self._today = by, at, clock.day_of(at)
        self._roles = {role.value: role for role in Post.ROLES}
        self._places: dict[str, Area] = {}
        self._known = _Known()

    # Checking.

    def check(self) -> None:
        self._read()
        for record in self.good():
            self.blame(self._wrong_cell(record))
        self._check_same(lambda record: record["staff_number"], _OF_PERSON, "person_differs")
        self._check_same(
            lambda record: (
                (record["organization"], record["post"].casefold()) if record["post"] else None
            ),
            _OF_POST,
            "post_differs",
        )
        self._check_twice()
        self._places = self._named_places()
        self._look_up()
        for record in self.good():
            self.blame(self._wrong_reference(record))

    def _wrong_cell(self, record: Record) -> Problem | None:
        row, email, user_name = record.row, record["email"], record["user_name"]
        if email and not _EMAIL.fullmatch(email):
            return Problem(row, "email", email, "bad_email")
        if user_name and not _USER_NAME.fullmatch(user_name):
            return Problem(row, "user_name", user_name, "bad_user")
        return self._wrong_days(record) or self._wrong_role(record)

    def _wrong_days(self, record: Record) -> Problem | None:
        days: dict[str, date | None] = {}
        for column in ("from", "until"):
            try:
                days[column] = day(record[column])
            except ValueError:
                return Problem(record.row, column, record[column], "bad_date")
        if days["until"] and days["until"] < (days["from"] or self._today):
            return Problem(record.row, "until", record["until"], "ends_early")
        return None

    def _wrong_role(self, record: Record) -> Problem | None:
        role = record["role"].casefold()
        if role == Role.OFFICER.value:
            return Problem(record.row, "role", record["role"], "role_by_assignment")
        if role and role not in self._roles:
            known = ", ".join(self._roles)
            return Problem(record.row, "role", record["role"], "bad_choice", {"known": known})
        if (role or record["place"]) and not record["post"]:
            return Problem(record.row, "post", "", "missing")
        return None

    def _check_same(self, key_of: Any, columns: tuple[str, ...], code: str) -> None:
        """Blame rows that say something else of the same person or post than an earlier row."""
        said: dict[tuple[Any, str], tuple[str, int]] = {}
        for record in self.good():
            key = key_of(record)
            for column in columns if key is not None else ():
                if not record[column]:
                    continue
                other, row = said.setdefault((key, column), (record[column], record.row))
                if other != record[column]:
                    values = {"other": other, "row": row, "post": record["post"]}
                    self.blame(Problem(record.row, column, record[column], code, values))

    def _check_twice(self) -> None:
        seen: dict[tuple[str, str, str], int] = {}
        names: dict[str, tuple[str, int]] = {}
        for record in self.good():
            key = (record["staff_number"], record["organization"], record["from"])
            other = seen.setdefault(key, record.row)
            if other != record.row:
                number = record["staff_number"]
                self.blame(
                    Problem(record.row, "staff_number", number, "membership_twice", {"row": other})
                )
            if record["user_name"]:
                user_name = record["user_name"].casefold()
                number, _row = names.setdefault(user_name, (record["staff_number"], record.row))
                if number != record["staff_number"]:
                    self.blame(
                        Problem(
                            record.row,
                            "user_name",
                            record["user_name"],
                            "user_taken",
                            {"name": number},
                        )
                    )

    def _named_places(self) -> dict[str, Area]:
        everywhere = [record for record in self.good() if record["place"] == "*"]
        hidden, self.records = self.records, [r for r in self.records if r not in everywhere]
        found = self.places("place")
        self.records = hidden
        return found

    def _look_up(self) -> None:
        known = self._known
        for codes in self._chunks("organization"):
            rows = Organization.objects.filter(code__in=codes).select_related("area")
            known.organizations |= {row.code: row for row in rows}
            posts = Post.objects.filter(organization__code__in=codes)
            for post in posts.select_related("organization", "area"):
                known.posts[post.organization.code, post.title.casefold()] = post
        for codes in self._chunks("staff_number"):
            people = Person.objects.filter(code__in=codes).select_related("user")
            known.people |= {person.code or "": person for person in people}
            memberships = Membership.objects.filter(person__code__in=codes)
            for row in memberships.select_related("person", "organization", "post"):
                key = (row.person.code or "", row.organization.code)
                known.memberships.setdefault(key, []).append(row)
        names = sorted({record["user_name"] for record in self.good()} - {""})
        for name in names:
            user = User.objects.filter(username__iexact=name).select_related("person").first()
            if user is not None:
                known.users[name.casefold()] = user

    def _chunks(self, column: str) -> list[list[str]]:
        wanted = sorted({record[column] for record in self.good()} - {""})
        return [wanted[at : at + CHUNK] for at in range(0, len(wanted), CHUNK)]

    def _wrong_reference(self, record: Record) -> Problem | None:
        row, known = record.row, self._known
        if record["organization"] not in known.organizations:
            return Problem(row, "organization", record["organization"], "unknown_organization")
        wish = record["user_name"]
        if not wish:
            return None
        person = known.people.get(record["staff_number"])
        if person is not None and person.user is not None:
            if person.user.username.casefold() != wish.casefold():
                values = {"name": person.user.username}
                return Problem(row, "user_name", wish, "user_fixed", values)
            return None
        user = known.users.get(wish.casefold())
        holder = getattr(user, "person", None) if user is not None else None
        if holder is not None:
            return Problem(row, "user_name", wish, "user_taken", {"name": holder.name})
        return None

    # Taking.

    def apply(self, outcome: Outcome, *, write: bool) -> None:
        touched: set[int | None] = set()
        write = write and not self.problems
        seen: set[str] = set()
        for number, record in enumerate(self.good(), start=1):
            first = record["staff_number"] not in seen
            seen.add(record["staff_number"])
            person, said = self._person(record, write=write)
            post, post_changed = self._post(record, write=write)
            member = self._membership(record, person, post, write=write)
            new = said == "created" if first else member == "created" and said == "unchanged"
            if new:
                action = "created"
            elif "updated" in {said, member} or "created" in {said, member} or post_changed:
                action = "updated"
            else:
                action = "unchanged"
            if write and action != "unchanged":
                touched.add(person.user_id)
                if post is not None and post_changed:
                    holders = Membership.objects.filter(post=post)
                    touched |= set(holders.values_list("person__user_id", flat=True))
            count(outcome, action, record, self.preview_columns())
            if number % 200 == 0:
                self.progress(number)
        if write:
            scope_changed(touched)
        self.progress(self.total)

    def _person(self, record: Record, *, write: bool) -> tuple[Person, str]:
        known = self._known
        person = known.people.get(record["staff_number"])
        said = "unchanged" if person is not None else "created"
        if person is None:
            person = Person(code=record["staff_number"], name=record["name"])
            known.people[record["staff_number"]] = person
        wanted = {"name": record["name"]}
        wanted |= {column: record[column] for column in ("phone", "email") if record[column]}
        for column, value in wanted.items():
            if getattr(person, column) != value:
                setattr(person, column, value)
                said = "created" if said == "created" else "updated"
        if record["user_name"] and person.user_id is None:
            said = "created" if said == "created" else "updated"
            if write:
                person.user = known.users.get(record["user_name"].casefold()) or create_user(
                    username=record["user_name"], password=None, by=self._by, at=self._moment
                )
        if write and said != "unchanged":
            person.search = person.searchable()
            person.save()
        return person, said

    def _post(self, record: Record, *, write: bool) -> tuple[Post | None, bool]:
        title = record["post"]
        if not title:
            return None, False
        key = (record["organization"], title.casefold())
        post = self._known.posts.get(key)
        changed = False
        if post is None:
            post = Post(organization=self._known.organizations[key[0]], title=title)
            self._known.posts[key] = post
            changed = True
        wanted: dict[str, Any] = {}
        if record["role"]:
            wanted["role"] = self._roles[record["role"].casefold()].value
        if record["place"] == "*":
            wanted["covers_everything"] = True
        elif record["place"]:
            wanted |= {"area_id": self._places[record["place"]].pk, "covers_everything": False}
        for column, value in wanted.items():
            if getattr(post, column) != value:
                setattr(post, column, value)
                changed = True
        if write and changed:
            post.save()
        return post, changed

    def _membership(self, record: Record, person: Person, post: Post | None, *, write: bool) -> str:
        key = (record["staff_number"], record["organization"])
        rows = self._known.memberships.setdefault(key, [])
        start, until = day(record["from"]), day(record["until"])
        if start is not None:
            found = next((row for row in rows if row.start == start), None)
        else:
            found = next(
                (row for row in rows if row.until is None or row.until >= self._today), None
            )
        if found is None:
            made = Membership(
                organization=self._known.organizations[record["organization"]],
                start=start or self._today,
                until=until,
            )
            made.person, made.post = person, post
            rows.append(made)
            if write:
                made.save()
            return "created"
        said = "unchanged"
        if post is not None and found.post != post:
            found.post = post
            said = "updated"
        if until is not None and found.until != until:
            found.until = until
            said = "updated"
        if write and said == "updated":
            found.save()
        return said
