"""The library over the API: list, read, write, and every deed on an item."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import File, Query, Router, Schema
from ninja.files import UploadedFile
from pydantic import ConfigDict, Field

from footpath.api import pages
from footpath.api.lookups import person_of
from footpath.api.people import PersonOut, person_out
from footpath.api.reading import Day, Key
from footpath.core import clock
from footpath.core.errors import InvalidValue, NotThere
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Person, Post
from footpath.knowledge import rules, selectors, services
from footpath.knowledge.models import Answer, Practice, Regulation, Spread, Topic
from footpath.knowledge.rules import Deed, Outcome
from footpath.knowledge.selectors import NEWEST, Asked, Unit, Whole
from footpath.knowledge.services import AnswerWords, PracticeWords, RegulationWords

router = Router()

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


@router.get("/library", response=ItemPage, summary="List the library")
def list_library(request: HttpRequest, filters: Query[LibraryFilter]) -> HttpResponse:
    """List regulations, published answers and selected practices, the newest first.

    With ``work`` what is not open to everybody: drafts and proposals that you may read.
    """
    person: Person = request.person
    topics = selectors.topics()
    asked = Asked(
        typed=filters.q[:200],
        kind=filters.kind,
        topic=_topic(filters.topic) if filters.topic else None,
        holds=filters.in_force,
        language=filters.language or "",
        work=filters.work,
    )
    codes = {topic.pk: topic.code for topic in topics.rows}
    return pages.answer(
        request,
        selectors.values_of(selectors.library_for(person, asked)),
        order=NEWEST,
        after=filters.after,
        limit=filters.limit,
        shape=lambda row: _row(row, codes),
    )


@router.get("/library/{int:pk}", response=LibraryItemOut, summary="Read an item of the library")
def get_library_item(request: HttpRequest, pk: int) -> HttpResponse:
    """Read an item with what is its own, and what you may do with it."""
    return _answer(request.person, pk)


@router.post("/library/regulations", response={201: LibraryItemOut}, summary="Enter a regulation")
def enter_regulation(request: HttpRequest, said: RegulationIn) -> HttpResponse:
    """Put a regulation into the library."""
    person: Person = request.person
    made = services.enter_regulation(
        said=RegulationWords(
            number=said.number,
            issued_on=said.issued_on,
            title=said.title,
            topic=_topic(said.topic),
            language=said.language,
            issuer=said.issuer,
            text=said.text,
        ),
        by=person,
        at=clock.now(),
    )
    return _answer(person, made.pk, status=201)


@router.post("/library/answers", response={201: LibraryItemOut}, summary="Draft an answer")
def draft_answer(request: HttpRequest, said: LibraryAnswerIn) -> HttpResponse:
    """Draft an answer; somebody else approves it, and it appears no sooner than 7 days later."""
    person: Person = request.person
    made = services.draft_answer(
        said=AnswerWords(
            question=said.question,
            text=said.text,
            topic=_topic(said.topic),
            language=said.language,
            consent=said.consent,
            regulations=_regulations(said.regulations),
        ),
        answered_on=said.answered_on,
        approver=person_of(said.approver, field="approver"),
        by=person,
        at=clock.now(),
    )
    return _answer(person, made.pk, status=201)


@router.post(
    "/library/practices", response={201: LibraryItemOut}, summary="Propose a good practice"
)
def propose_practice(request: HttpRequest, said: PracticeIn) -> HttpResponse:
    """Propose a good practice of a unit."""
    person: Person = request.person
    made = services.propose_practice(
        said=PracticeWords(
            title=said.title,
            description=said.description,
            result=said.result,
            topic=_topic(said.topic),
            language=said.language,
        ),
        origin=_unit(person, said.origin, field="origin"),
        by=person,
        at=clock.now(),
    )
    return _answer(person, made.pk, status=201)


@router.post(
    "/library/{int:pk}/file", response=LibraryItemOut, summary="Send the file of a regulation"
)
def set_regulation_file(request: HttpRequest, pk: int, file: File[UploadedFile]) -> HttpResponse:
    """Keep the file of a regulation in force: a PDF or a picture. A new one stands instead."""
    person: Person = request.person
    found = selectors.get_regulation_for(person, pk=pk)
    words = RegulationWords(
        number=found.number,
        issued_on=found.issued_on,
        title=found.title,
        topic=found.topic,
        language=found.language,
        issuer=found.issuer,
        text=found.text,
    )
    services.change_regulation(regulation=found, said=words, upload=file, by=person, at=clock.now())
    return _answer(person, pk)


@router.post(
    "/library/{int:pk}/units/{int:row}",
    response=LibraryItemOut,
    summary="Say what a unit makes of a practice",
)
def adopt_practice(request: HttpRequest, pk: int, row: int, said: AdoptionIn) -> HttpResponse:
    """Record that a unit has adopted a practice, adapted it, or has no use for it."""
    person: Person = request.person
    services.record_adoption(
        spread=selectors.get_spread_for(person, practice=pk, pk=row),
        outcome=said.outcome,
        on=said.on,
        sentence=said.sentence,
        by=person,
        at=clock.now(),
    )
    return _answer(person, pk)


@router.post(
    "/library/{int:pk}/{deed}",
    response=LibraryItemOut,
    summary="Do something with an item of the library",
)
def do_in_library(request: HttpRequest, pk: int, deed: Deed, said: LibraryDeedIn) -> HttpResponse:
    """Replace, repeal, restore, approve, send_back, publish, withdraw, assess and so on."""
    person: Person = request.person
    found = selectors.get_item_for(person, pk=pk)
    if rules.MOVES[deed].after not in rules.STATES[rules.Kind(found.kind)]:
        raise NotThere
    _DEEDS[deed](found, said, person, clock.now())
    return _answer(person, pk)


Doer = Callable[[Any, LibraryDeedIn, Person, datetime], Any]


def _with_reason(service: Callable[..., Any], name: str) -> Doer:
    def do(item: Any, said: LibraryDeedIn, by: Person, at: datetime) -> None:
        service(**{name: item}, reason=said.reason, by=by, at=at)

    return do


def _replace(item: Any, said: LibraryDeedIn, by: Person, at: datetime) -> None:
    found = _regulations([said.replacement] if said.replacement is not None else [])
    if not found:
        raise InvalidValue(_("Name the other regulation by its id."), field="replacement")
    services.replace_regulation(regulation=item, replacement=found[0], on=_on(said), by=by, at=at)


def _repeal(item: Any, said: LibraryDeedIn, by: Person, at: datetime) -> None:
    services.repeal_regulation(regulation=item, on=_on(said), reason=said.reason, by=by, at=at)


def _approve(item: Any, said: LibraryDeedIn, by: Person, at: datetime) -> None:
    if said.version is None:
        raise InvalidValue(_("Name the version you have read."), field="version")
    services.approve_answer(answer=item, version=said.version, by=by, at=at)


def _publish(item: Any, said: LibraryDeedIn, by: Person, at: datetime) -> None:
    services.publish_answer(answer=item, by=by, at=at)


def _assess(item: Any, said: LibraryDeedIn, by: Person, at: datetime) -> None:
    post = Post.objects.filter(pk=said.post).first() if said.post is not None else None
    if post is None:
        raise InvalidValue(_("Choose a post that you hold."), field="post")
    services.assess_practice(practice=item, post=post, sentence=said.reason, by=by, at=at)


def _spread(item: Any, said: LibraryDeedIn, by: Person, at: datetime) -> None:
    units = [_unit(by, unit, field="units") for unit in said.units]
    services.spread_practice(practice=item, units=units, by=by, at=at)


_DEEDS: Mapping[Deed, Doer] = {
    Deed.REPLACE: _replace,
    Deed.REPEAL: _repeal,
    Deed.RESTORE: _with_reason(services.restore_regulation, "regulation"),
    Deed.APPROVE: _approve,
    Deed.SEND_BACK: _with_reason(services.send_back_answer, "answer"),
    Deed.PUBLISH: _publish,
    Deed.WITHDRAW: _with_reason(services.withdraw_answer, "answer"),
    Deed.ASSESS: _assess,
    Deed.SELECT: _with_reason(services.select_practice, "practice"),
    Deed.DECLINE: _with_reason(services.decline_practice, "practice"),
    Deed.SPREAD: _spread,
}


def _on(said: LibraryDeedIn) -> date:
    if said.on is None:
        raise InvalidValue(_("Name the day, such as 2026-03-17."), field="on")
    return said.on


def _topic(code: str) -> Topic:
    found = selectors.topics().by_code(code)
    if found is None:
        raise InvalidValue(_("There is no topic with this code."), field="topic")
    return found


def _regulations(keys: Sequence[int]) -> list[Regulation]:
    found = selectors.regulations_by_keys(keys)
    if len(found) < len(set(keys)):
        raise InvalidValue(_("There is no regulation with this id."), field="regulations")
    return found


def _unit(person: Person, said: UnitIn, *, field: str) -> Unit:
    if bool(said.area) == bool(said.organization):
        raise InvalidValue(_("Name a place or an organization by its code."), field=field)
    try:
        if said.area:
            return directory.get_area_for(person, code=said.area)
        return directory.get_organization_for(person, code=said.organization or "")
    except NotThere as nowhere:
        raise InvalidValue(_("There is no unit with this code."), field=field) from nowhere


def _row(row: Mapping[str, Any], topics: Mapping[int, str]) -> Mapping[str, Any]:
    item = selectors.row_of(row)
    return {
        "id": item.pk,
        "kind": item.kind,
        "state": item.state,
        "in_force": item.holds,
        "title": item.title,
        "summary": item.summary,
        "language": item.language,
        "topic": topics.get(item.topic_id, ""),
        "day": item.day,
        "number": item.number,
        "source": item.source,
        "url": item.url,
    }


def _answer(person: Person, pk: int, *, status: int = 200) -> JsonResponse:
    return JsonResponse(_whole(person, selectors.get_item_for(person, pk=pk)), status=status)


def _whole(person: Person, item: Whole) -> dict[str, Any]:
    return {
        "id": item.pk,
        "kind": item.kind,
        "state": item.state,
        "in_force": item.holds,
        "title": item.title,
        "language": item.language,
        "topic": item.topic.code,
        "version": item.version,
        "deeds": selectors.deeds_for(person, item, on=clock.today()),
        "regulation": _regulation(item) if isinstance(item, Regulation) else None,
        "answer": _answer_of(item) if isinstance(item, Answer) else None,
        "practice": _practice(item) if isinstance(item, Practice) else None,
    }


def _regulation(item: Regulation) -> dict[str, Any]:
    return {
        "number": item.number,
        "issuer": item.issuer,
        "issued_on": item.issued_on,
        "text": item.text,
        "file": reverse("knowledge:regulation-file", args=[item.pk]) if item.file else None,
        "replaced_by": item.replaced_by_id,
        "ended_on": item.ended_on,
        "end_reason": item.end_reason,
    }


def _answer_of(item: Answer) -> dict[str, Any]:
    return {
        "question": item.question,
        "text": item.text,
        "month": f"{item.month:%Y-%m}",
        "not_before": item.not_before,
        "drafted_by": person_out(item.drafted_by),
        "approved_by": person_out(item.approved_by),
        "remark": item.remark,
        "withdrawn_reason": item.withdrawn_reason,
        "regulations": [row.pk for row in selectors.regulations_of(item)],
    }


def _practice(item: Practice) -> dict[str, Any]:
    return {
        "origin": _unit_out(item.origin),
        "description": item.description,
        "result": item.result,
        "proposed_by": person_out(item.made_by),
        "assessment": item.assessment,
        "assessed_by": person_out(item.assessed_by),
        "assessed_as": item.assessed_as.title if item.assessed_as else "",
        "decision_reason": item.decision_reason,
        "units": [_spread_out(row) for row in selectors.spread_of(item).rows],
    }


def _spread_out(row: Spread) -> dict[str, Any]:
    return {
        "id": row.pk,
        "unit": _unit_out(row.unit),
        "told_at": row.told_at,
        "outcome": row.outcome,
        "since": row.outcome_on,
        "sentence": row.sentence,
    }


def _unit_out(unit: Unit) -> dict[str, Any]:
    kind = "area" if isinstance(unit, Area) else "organization"
    return {"kind": kind, "code": unit.code, "name": unit.name}
