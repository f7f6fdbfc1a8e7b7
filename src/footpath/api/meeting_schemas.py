"""What is sent and answered about meetings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field, JsonValue

from footpath.api import pages
from footpath.api.people import PersonOut
from footpath.api.reading import Day, Key

Attendance = Literal["present", "late", "excused", "substitute", "absent", "unknown"]
EXAMPLE: dict[str, JsonValue] = {
    "kind": "review",
    "area": "28804",
    "starts_at": "2026-03-10T08:00:00+07:00",
    "ends_at": "2026-03-10T09:30:00+07:00",
    "organization": "UBND-28804",
    "extraordinary_reason": "",
    "client_key": "6f1c2b0e-0a55-4c38-9f5e-2d7d0b6f9a10",
}


class MeetingRow(Schema):
    """A meeting in a list."""

    id: int
    kind: str
    title: str
    area: str
    area_name: str
    starts_at: datetime
    ends_at: datetime
    where: str
    state: str
    series: int | None
    hall: int | None
    hall_name: str | None
    organization: str | None
    extraordinary: bool
    sequence: int
    topic: str
    provisional: bool


class MeetingPage(Schema):
    """One page of meetings."""

    items: list[MeetingRow]
    next: str | None


class DutyOut(Schema):
    """Somebody expected at a meeting, and what became of it; invited when in charge of nothing."""

    person: PersonOut
    attendance: str
    reason: str
    elsewhere: int | None
    substitute: PersonOut | None
    is_invited: bool


class ItemOut(Schema):
    """An item of the minutes and the case raised from it."""

    number: int
    text: str
    state: str
    case: int | None
    owner: PersonOut | None
    due_on: date | None
    answer: str


class MeetingOut(MeetingRow):
    """A meeting with its list of attendance and its minutes."""

    agenda: str
    convened_by: PersonOut
    held_at: datetime | None
    headcount: int | None
    minutes: str
    cancel_reason: str
    extraordinary_reason: str
    material: str
    duties: list[DutyOut]
    items: list[ItemOut]
    may_convene: bool
    may_keep: bool


class MeetingFilter(Schema):
    """Which meetings: a place and everything below it, a month (2026-03), a state, a kind."""

    area: str | None = None
    month: str | None = None
    state: Literal["planned", "held", "cancelled"] | None = None
    kind: str | None = None
    order: Literal["next", "newest"] = "next"
    after: str | None = None
    limit: int = pages.ROWS


class MeetingIn(Schema):
    """A meeting to convene; moments carry their time zone."""

    kind: str
    area: str
    starts_at: datetime
    ends_at: datetime
    where: str = ""
    agenda: str = ""
    title: str = ""
    hall: Key | None = None
    organization: str | None = None
    extraordinary_reason: str = ""
    client_key: UUID | None = None

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})


class MoveIn(Schema):
    """Where a meeting goes; without ``where`` and ``hall`` it stays in its room."""

    starts_at: datetime
    ends_at: datetime
    where: str | None = None
    hall: Key | None = None
    extraordinary_reason: str = ""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "starts_at": "2026-03-17T08:00:00+07:00",
                "ends_at": "2026-03-17T09:30:00+07:00",
            }
        }
    )


class CancelIn(Schema):
    """Why a meeting is not held."""

    reason: str

    model_config = ConfigDict(json_schema_extra={"example": {"reason": "Flood"}})


class MarkIn(Schema):
    """What became of one duty to attend; leave needs a reason, a substitute a name."""

    person: Key
    attendance: Attendance
    reason: str = ""
    substitute: Key | None = None


class HeldIn(Schema):
    """The attendance list by exception: everybody who is not named was present."""

    exceptions: tuple[MarkIn, ...] = ()
    headcount: Annotated[int, Field(ge=0, le=100_000)] | None = None


class AttendanceIn(HeldIn):
    """The whole list of attendance; ``seen`` gives the marks known before, by person."""

    seen: dict[Key, Attendance] | None = None

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "exceptions": [{"person": 12, "attendance": "absent"}],
                "seen": {"12": "unknown", "13": "unknown"},
                "headcount": 21,
            }
        }
    )


class ApproveIn(Schema):
    """The language of the minutes as PDF; without one that of the call."""

    language: str | None = None


class ApprovedOut(Schema):
    """Approved minutes: their version and the SHA-256 of what they say."""

    version: int
    digest: str
    approved_at: datetime
    pdf: str


class MinutesIn(Schema):
    """The running text of the minutes, in place of what stands there."""

    minutes: str


class ItemIn(Schema):
    """One more item of the minutes; with a ``category`` it is a promise and becomes a case."""

    text: str
    category: str | None = None
    owner: Key | None = None
    due_on: Day | None = None
    client_key: UUID | None = None

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "text": "Mend the sluice gate.",
                "category": "irrigation",
                "owner": 12,
                "due_on": "2026-03-31",
            }
        }
    )


class CaseFromItemIn(Schema):
    """The case to raise from an item; the meeting's place and the item's words unless given."""

    title: str
    category: str
    area: str | None = None
    text: str | None = None
    client_key: UUID | None = None


class CaseFromItemOut(Schema):
    """The case that was raised."""

    id: int
    number: str
    item: int
