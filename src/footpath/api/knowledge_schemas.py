"""What is sent and answered about the library."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from footpath.api import pages
from footpath.api.people import PersonOut
from footpath.api.reading import Day, Key
from footpath.knowledge import rules
from footpath.knowledge.rules import Outcome

Language = Literal["en", "vi", "zh-hans", "ru"]


class ItemRow(Schema):
    """An item of the library in a list."""

    id: int
    kind: str
    state: str
    in_force: bool
    title: str
    summary: str
    language: str
    topic: str
    day: date
    number: str
    source: str
    url: str


class ItemPage(Schema):
    """One page of the library."""

    items: list[ItemRow]
    next: str | None


class RegulationOut(Schema):
    """What is a regulation's own."""

    number: str
    issuer: str
    issued_on: date
    text: str
    file: str | None
    replaced_by: int | None
    ended_on: date | None
    end_reason: str


class AnswerOut(Schema):
    """What is an answer's own. Nothing says who asked."""

    question: str
    text: str
    month: str
    not_before: date
    drafted_by: PersonOut | None
    approved_by: PersonOut | None
    remark: str
    withdrawn_reason: str
    regulations: list[int]


class LibraryUnitOut(Schema):
    """A place or an organization."""

    kind: str
    code: str
    name: str


class SpreadOut(Schema):
    """A unit that a practice was spread to, and what it made of it."""

    id: int
    unit: LibraryUnitOut
    told_at: datetime
    outcome: str
    since: date | None
    sentence: str


class PracticeOut(Schema):
    """What is a practice's own."""

    origin: LibraryUnitOut
    description: str
    result: str
    proposed_by: PersonOut | None
    assessment: str
    assessed_by: PersonOut | None
    assessed_as: str
    decision_reason: str
    units: list[SpreadOut]


class LibraryItemOut(Schema):
    """An item with what is its own, and what you may do with it; ``version`` is what you read."""

    id: int
    kind: str
    state: str
    in_force: bool
    title: str
    language: str
    topic: str
    version: int
    deeds: list[str]
    regulation: RegulationOut | None
    answer: AnswerOut | None
    practice: PracticeOut | None


class LibraryFilter(Schema):
    """Which items: of a kind, on a topic, in force, in a language, found; or those in work."""

    kind: rules.Kind | None = None
    topic: str | None = None
    in_force: bool | None = None
    language: Language | None = None
    q: str = ""
    work: bool = False
    after: str | None = None
    limit: int = pages.ROWS


class RegulationIn(Schema):
    """A regulation with its text; a file is sent to ``/library/{id}/file``."""

    number: str
    issued_on: Day
    title: str
    topic: str
    language: Language
    text: str
    issuer: str = ""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "number": "1524-QD/HU",
                "issued_on": "2022-10-11",
                "title": "Officers in charge of hamlets",
                "topic": "duty",
                "language": "en",
                "text": "Article 1.",
            }
        }
    )


class LibraryAnswerIn(Schema):
    """An answer to draft; ``answered_on`` is not kept, only its month."""

    question: str
    text: str
    topic: str
    language: Language
    consent: bool
    answered_on: Day
    regulations: list[Key] = Field(default_factory=list, max_length=50)
    approver: Key | None = None


class UnitIn(Schema):
    """A place or an organization by its code; one of the two."""

    area: str | None = None
    organization: str | None = None


class PracticeIn(Schema):
    """A good practice of a unit."""

    title: str
    description: str
    result: str
    topic: str
    language: Language
    origin: UnitIn


class LibraryDeedIn(Schema):
    """What a deed says; which fields count depends on the deed."""

    reason: str = ""
    replacement: Key | None = None
    on: Day | None = None
    version: Key | None = None
    post: Key | None = None
    units: list[UnitIn] = Field(default_factory=list, max_length=500)


class AdoptionIn(Schema):
    """What a unit makes of a practice."""

    outcome: Outcome
    on: Day
    sentence: str
