"""What is sent and answered about cases."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from footpath.api import pages
from footpath.api.people import PersonOut
from footpath.api.reading import Key


class CaseIn(Schema):
    """A case to raise."""

    title: str
    area: str
    category: str
    text: str = ""
    client_key: UUID | None = None


class DeedIn(Schema):
    """What a deed says; which fields count depends on the deed."""

    text: str = ""
    owner: Key | None = None
    agency: str | None = None
    organization: str | None = None
    attachments: list[Key] = Field(default_factory=list)
    duplicate_of: Key | None = None
    outcome: Literal["solved", "explained", "passed_on"] = "solved"
    result: Literal["confirmed", "partly", "not"] | None = None
    until: date | None = None


class AttachmentOut(Schema):
    """A file beside an entry."""

    id: int
    name: str
    mime: str
    size: int
    url: str


class EntryOut(Schema):
    """One entry of the thread."""

    deed: str
    round: int
    by: PersonOut | None
    said_by: str
    at: datetime
    text: str
    attachments: list[AttachmentOut]


class ClockOut(Schema):
    """The clock of one leg; ``explanation`` says how its due date was counted."""

    kind: str
    round: int
    started_at: datetime
    due_at: datetime
    due_on: date
    stopped_at: datetime | None
    ended: str
    in_time: bool | None
    explanation: list[str]


class CaseOut(Schema):
    """A case with its thread."""

    id: int
    number: str
    title: str
    text: str
    state: str
    outcome: str
    round: int
    category: str
    area: str
    area_name: str
    owner: PersonOut | None
    raised_by: PersonOut | None
    raised_at: datetime
    due_on: date
    due_at: datetime | None
    paused_until: date | None
    clocks: list[ClockOut]
    closed_at: datetime | None
    duplicate_of: int | None
    entries: list[EntryOut]
    deeds: list[str]


class RaisedOut(Schema):
    """The case that was raised; read it for its thread."""

    id: int
    number: str
    title: str
    state: str
    area: str
    category: str
    raised_at: datetime
    due_on: date


class CaseRow(Schema):
    """A case in a list."""

    id: int
    number: str
    title: str
    state: str
    outcome: str
    round: int
    category: str
    area: str
    area_name: str
    owner: PersonOut | None
    due_on: date
    raised_at: datetime
    updated_at: datetime


class CasePage(Schema):
    """One page of cases."""

    items: list[CaseRow]
    next: str | None


class CaseFilter(Schema):
    """Which cases: a place and everything below it, open or all, a state, an owner, words."""

    area: str | None = None
    open: bool = True
    state: str | None = None
    owner: Key | None = None
    category: str | None = None
    q: str = ""
    order: Literal["due", "newest"] = "due"
    after: str | None = None
    limit: int = pages.ROWS
