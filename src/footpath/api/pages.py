"""Lists of the API: keyset pages written straight to JSON, without a model per row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, JsonResponse

from footpath.core.paging import Order, page_of

Shape = Callable[[Mapping[str, Any]], Mapping[str, Any]]

MOST_ROWS = 200
ROWS = 50


def answer(
    request: HttpRequest,
    rows: QuerySet[Any, Any],
    *,
    order: Order,
    after: str | None,
    limit: int = ROWS,
    shape: Shape | None = None,
    shaped: Callable[[Sequence[Mapping[str, Any]]], Shape] | None = None,
) -> JsonResponse:
    """Answer one page of ``values()`` rows as ``{"items": […], "next": address or null}``.

    ``limit`` is cut to 1 … 200. ``shape`` turns a row into what is said of it; ``shaped`` gives
    it when it has to look at all rows of the page first.
    """
    page = page_of(rows, order=order, after=after, size=max(1, min(limit, MOST_ROWS)))
    following = None
    if page.next_after is not None:
        query = request.GET.copy()
        query["after"] = page.next_after
        following = f"{request.path}?{query.urlencode()}"
    if shaped is not None:
        shape = shaped(page.rows)
    items = [shape(row) for row in page.rows] if shape is not None else list(page.rows)
    return JsonResponse({"items": items, "next": following})
