"""Cases over the API: list, read, raise, and every deed of a case."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import File, Header, Query, Router
from ninja.files import UploadedFile

from footpath.api import pages
from footpath.api.case_answers import (
    LIST_COLUMNS,
    attachment_out,
    case_out,
    raised_out,
    row_out,
)
from footpath.api.case_deeds import DEEDS
from footpath.api.case_schemas import (
    AttachmentOut,
    CaseFilter,
    CaseIn,
    CaseOut,
    CasePage,
    DeedIn,
    RaisedOut,
)
from footpath.api.lookups import category_of
from footpath.cases import rules, selectors, services
from footpath.core import clock
from footpath.core.paging import Order
from footpath.directory import selectors as directory
from footpath.directory.models import Person

router = Router()
BY_DUE = Order("due_on", read=date.fromisoformat)
NEWEST = Order("raised_at", descending=True, read=datetime.fromisoformat)


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
        shape=row_out,
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
        category=category_of(said.category),
        by=person,
        at=clock.now(),
        client_key=idempotency_key or said.client_key,
    )
    return JsonResponse(raised_out(case), status=201)


@router.get("/cases/{pk}", response=CaseOut, summary="Read a case")
def get_case(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a case with its thread and what you may do with it."""
    person: Person = request.person
    case = selectors.get_case_for(person, pk=pk)
    return JsonResponse(case_out(person, case))


@router.post("/cases/{pk}/attachments", response={201: AttachmentOut}, summary="Add a file")
def add_attachment(request: HttpRequest, pk: int, file: File[UploadedFile]) -> HttpResponse:
    """Add a photo (JPEG, PNG, WebP) or a PDF; pictures are kept without their metadata."""
    person: Person = request.person
    case = selectors.get_case_for(person, pk=pk)
    added = services.add_attachment(case=case, entry=None, upload=file, by=person, at=clock.now())
    return JsonResponse(attachment_out(added), status=201)


@router.post("/cases/{pk}/{deed}", response=CaseOut, summary="Do something with a case")
def do_deed(request: HttpRequest, pk: int, deed: rules.Deed, said: DeedIn) -> HttpResponse:
    """Accept, assign, guide, rectify, verify, reopen, escalate, return, resubmit, and so on."""
    person: Person = request.person
    case = selectors.get_case_for(person, pk=pk)
    DEEDS[deed](case, said, person, clock.now())
    case = selectors.get_case_for(person, pk=pk)
    return JsonResponse(case_out(person, case))
