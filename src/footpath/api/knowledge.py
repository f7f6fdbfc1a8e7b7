"""The library over the API: list, read, write, and every deed on an item."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import File, Query, Router
from ninja.files import UploadedFile

from footpath.api import pages
from footpath.api.knowledge_answers import item_out, row_out
from footpath.api.knowledge_deeds import asked_of
from footpath.api.knowledge_schemas import (
    AdoptionIn,
    ItemPage,
    LibraryAnswerIn,
    LibraryDeedIn,
    LibraryFilter,
    LibraryItemOut,
    PracticeIn,
    RegulationIn,
)
from footpath.api.lookups import person_of, regulations_of, topic_of, unit_of
from footpath.core import clock
from footpath.core.errors import NotThere
from footpath.directory.models import Person
from footpath.knowledge import doing, rules, selectors, services
from footpath.knowledge.rules import Deed
from footpath.knowledge.selectors import NEWEST, Asked
from footpath.knowledge.services import AnswerWords, PracticeWords, RegulationWords

router = Router()


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
        topic=topic_of(filters.topic) if filters.topic else None,
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
        shape=lambda row: row_out(row, codes),
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
            topic=topic_of(said.topic),
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
            topic=topic_of(said.topic),
            language=said.language,
            consent=said.consent,
            regulations=regulations_of(said.regulations),
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
            topic=topic_of(said.topic),
            language=said.language,
        ),
        origin=unit_of(person, said.origin, field="origin"),
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
    doing.do(deed, found, asked_of(deed, said, by=person), by=person, at=clock.now())
    return _answer(person, pk)


def _answer(person: Person, pk: int, *, status: int = 200) -> JsonResponse:
    return JsonResponse(item_out(person, selectors.get_item_for(person, pk=pk)), status=status)
