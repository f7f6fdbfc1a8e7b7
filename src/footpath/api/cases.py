"""Cases over the API: list, read, raise, and every deed of a case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import File, Header, Query, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from footpath.api import pages
from footpath.api.people import PersonOut
from footpath.api.reading import Key
from footpath.cases import rules, selectors, services
from footpath.cases.models import Attachment, Case, Category, Clock, Entry
from footpath.core import clock
from footpath.core.dayfield import FIRST, LAST
from footpath.core.errors import InvalidValue
from footpath.core.paging import Order
from footpath.directory import selectors as directory
from footpath.directory.models import Person

router = Router()

LIST_COLUMNS = (
    "id",
    "title",
    "state",
    "outcome",
    "round_number",
    "due_on",
    "raised_at",
    "updated_at",
    "category__code",
    "area__code",
    "area__name",
    "owner_id",
    "owner__name",
)
BY_DUE = Order("due_on", read=date.fromisoformat)
NEWEST = Order("raised_at", descending=True, read=datetime.fromisoformat)


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


@router.get("/cases", response=CasePage, summary="List cases")
def list_cases(request: HttpRequest, filters: Query[CaseFilter]) -> HttpResponse:
    """List the cases you may read, the next due first, or the newest raised first."""
    person: Person = request.person
    path = None
    if filters.area:
        path = directory.get_area_for(person, code=filters.area).path
    rows = selectors.cases_for(person, path=path)
    if filters.open:
        rows = rows.open()
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.owner is not None:
        rows = rows.filter(owner=filters.owner)
    if filters.category:
        rows = rows.filter(category__code=filters.category)
    if filters.q:
        rows = rows.matching(filters.q)
    return pages.answer(
        request,
        rows.values(*LIST_COLUMNS),
        order=BY_DUE if filters.order == "due" else NEWEST,
        after=filters.after,
        limit=filters.limit,
        shape=_row,
    )


@router.post("/cases", response={201: RaisedOut}, summary="Raise a case")
def raise_case(
    request: HttpRequest,
    said: CaseIn,
    idempotency_key: Annotated[UUID | None, Header()] = None,
) -> HttpResponse:
    """Raise a case. Sent again with the same key, it gives the first one back."""
    person: Person = request.person
    case = services.raise_case(
        title=said.title,
        text=said.text,
        area=directory.get_area_for(person, code=said.area),
        category=_category(said.category),
        by=person,
        at=clock.now(),
        client_key=idempotency_key or said.client_key,
    )
    return JsonResponse(_raised(case), status=201)


@router.get("/cases/{pk}", response=CaseOut, summary="Read a case")
def get_case(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a case with its thread and what you may do with it."""
    person: Person = request.person
    case = selectors.get_case_for(person, pk=pk)
    return JsonResponse(_whole(case, selectors.thread_of(case), selectors.deeds_for(person, case)))


@router.post("/cases/{pk}/attachments", response={201: AttachmentOut}, summary="Add a file")
def add_attachment(request: HttpRequest, pk: int, file: File[UploadedFile]) -> HttpResponse:
    """Add a photo (JPEG, PNG, WebP) or a PDF; pictures are kept without their metadata."""
    person: Person = request.person
    case = selectors.get_case_for(person, pk=pk)
    added = services.add_attachment(case=case, entry=None, upload=file, by=person, at=clock.now())
    return JsonResponse(_attachment(added), status=201)


@router.post("/cases/{pk}/{deed}", response=CaseOut, summary="Do something with a case")
def do_deed(request: HttpRequest, pk: int, deed: rules.Deed, said: DeedIn) -> HttpResponse:
    """Accept, assign, guide, rectify, verify, reopen, escalate, return, resubmit, and so on."""
    person: Person = request.person
    case = selectors.get_case_for(person, pk=pk)
    _DEEDS[deed](case, said, person, clock.now())
    case = selectors.get_case_for(person, pk=pk)
    return JsonResponse(_whole(case, selectors.thread_of(case), selectors.deeds_for(person, case)))


Doer = Callable[[Case, DeedIn, Person, datetime], Any]


def _assign(case: Case, said: DeedIn, by: Person, at: datetime) -> None:
    owner = Person.objects.filter(pk=said.owner).first() if said.owner else None
    if owner is None:
        raise InvalidValue(_("Name the new owner by the person's id."), field="owner")
    services.assign_owner(case=case, owner=owner, by=by, at=at, text=said.text)


def _escalate(case: Case, said: DeedIn, by: Person, at: datetime) -> None:
    agency = None
    if said.agency is not None:
        offered = selectors.agencies_for(by, case)
        agency = next((row for row in offered if row.code == said.agency), None)
        if agency is None:
            raise InvalidValue(_("There is no organization with this code."), field="agency")
    services.escalate_case(case=case, text=said.text, by=by, at=at, agency=agency)


def _transfer(case: Case, said: DeedIn, by: Person, at: datetime) -> None:
    if said.organization is None:
        raise InvalidValue(_("Name the other organization by its code."), field="organization")
    try:
        to = directory.get_organization_for(by, code=said.organization)
    except Http404 as missing:
        raise InvalidValue(
            _("There is no organization with this code."), field="organization"
        ) from missing
    services.transfer_case(case=case, to=to, text=said.text, by=by, at=at)


def _duplicate(case: Case, said: DeedIn, by: Person, at: datetime) -> None:
    if said.duplicate_of is None:
        raise InvalidValue(_("Name the other case by its id."), field="duplicate_of")
    try:
        other = selectors.get_case_for(by, pk=said.duplicate_of)
    except Http404 as missing:
        raise InvalidValue(_("There is no case with this id."), field="duplicate_of") from missing
    services.mark_duplicate(case=case, of=other, by=by, at=at, text=said.text)


def _verify(case: Case, said: DeedIn, by: Person, at: datetime) -> None:
    if said.result is None:
        raise InvalidValue(_("Say what was found: confirmed, partly or not."), field="result")
    evidence = list(case.attachments.filter(pk__in=said.attachments))
    if len(evidence) < len(set(said.attachments)):
        raise InvalidValue(_("There is no such file beside this case."), field="attachments")
    services.verify_case(
        case=case,
        result=rules.Result(said.result),
        text=said.text,
        by=by,
        at=at,
        evidence=evidence,
    )


def _rectify(case: Case, said: DeedIn, by: Person, at: datetime) -> None:
    services.rectify_case(
        case=case, text=said.text, outcome=rules.Outcome(said.outcome), by=by, at=at
    )


def _pause(case: Case, said: DeedIn, by: Person, at: datetime) -> None:
    services.pause_clock(case=case, until=_until(said), text=said.text, by=by, at=at)


def _extend(case: Case, said: DeedIn, by: Person, at: datetime) -> None:
    services.extend_case(case=case, until=_until(said), text=said.text, by=by, at=at)


def _until(said: DeedIn) -> date:
    if said.until is None or not FIRST <= said.until <= LAST:
        raise InvalidValue(_("Name the last day, such as 2026-03-17."), field="until")
    return said.until


def _plain(service: Callable[..., Entry]) -> Doer:
    def do(case: Case, said: DeedIn, by: Person, at: datetime) -> None:
        service(case=case, text=said.text, by=by, at=at)

    return do


_DEEDS: Mapping[rules.Deed, Doer] = {
    rules.Deed.ACCEPT: _plain(services.accept_case),
    rules.Deed.ASSIGN: _assign,
    rules.Deed.GUIDE: _plain(services.give_guidance),
    rules.Deed.RECTIFY: _rectify,
    rules.Deed.VERIFY: _verify,
    rules.Deed.REOPEN: _plain(services.reopen_case),
    rules.Deed.ESCALATE: _escalate,
    rules.Deed.RETURN: _plain(services.return_case),
    rules.Deed.RESUBMIT: _plain(services.resubmit_case),
    rules.Deed.MARK_DUPLICATE: _duplicate,
    rules.Deed.NOTE: _plain(services.add_note),
    rules.Deed.REPLY: _plain(services.reply_to_reporter),
    rules.Deed.PUBLISH: _plain(services.publish_case),
    rules.Deed.HIDE: _plain(services.hide_case),
    rules.Deed.TRANSFER: _transfer,
    rules.Deed.MISROUTE: _plain(services.misroute_case),
    rules.Deed.PAUSE: _pause,
    rules.Deed.RESUME: _plain(services.resume_clock),
    rules.Deed.EXTEND: _extend,
}


def _category(code: str) -> Category:
    category = selectors.category_of(code)
    if category is None:
        raise InvalidValue(_("There is no category with this code."), field="category")
    return category


def _row(row: Mapping[str, Any]) -> Mapping[str, Any]:
    owner = row["owner_id"]
    return {
        "id": row["id"],
        "number": f"C-{row['id']:04d}",
        "title": row["title"],
        "state": row["state"],
        "outcome": row["outcome"],
        "round": row["round_number"],
        "category": row["category__code"],
        "area": row["area__code"],
        "area_name": row["area__name"],
        "owner": {"id": owner, "name": row["owner__name"]} if owner else None,
        "due_on": row["due_on"],
        "raised_at": row["raised_at"],
        "updated_at": row["updated_at"],
    }


def _raised(case: Case) -> dict[str, Any]:
    return {
        "id": case.pk,
        "number": case.number,
        "title": case.title,
        "state": case.state,
        "area": case.area.code,
        "category": case.category.code,
        "raised_at": case.raised_at,
        "due_on": case.due_on,
    }


def _person(person: Person | None) -> dict[str, Any] | None:
    return {"id": person.pk, "name": person.name} if person is not None else None


def _attachment(row: Attachment) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "mime": row.mime,
        "size": row.size,
        "url": row.get_absolute_url(),
    }


def _clock(row: Clock) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "round": row.round_number,
        "started_at": row.started_at,
        "due_at": row.due_at,
        "due_on": row.due_on,
        "stopped_at": row.stopped_at,
        "ended": row.ended,
        "in_time": row.is_in_time,
        "explanation": selectors.explain(row),
    }


def _whole(case: Case, thread: list[Entry], deeds: Iterable[str]) -> dict[str, Any]:
    return {
        "id": case.pk,
        "number": case.number,
        "title": case.title,
        "text": case.text,
        "state": case.state,
        "outcome": case.outcome,
        "round": case.round_number,
        "category": case.category.code,
        "area": case.area.code,
        "area_name": case.area.name,
        "owner": _person(case.owner),
        "raised_by": _person(case.raised_by),
        "raised_at": case.raised_at,
        "due_on": case.due_on,
        "due_at": case.due_at,
        "paused_until": case.paused_until,
        "clocks": [_clock(row) for row in selectors.clocks_of(case)],
        "closed_at": case.closed_at,
        "duplicate_of": case.duplicate_of_id,
        "entries": [
            {
                "deed": entry.deed,
                "round": entry.round_number,
                "by": _person(entry.by),
                "said_by": entry.said_by,
                "at": entry.at,
                "text": entry.text,
                "attachments": [_attachment(row) for row in entry.attachments.all()],
            }
            for entry in thread
        ],
        "deeds": sorted(deeds),
    }
