"""The library: one list of all kinds, found, filtered and paged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from footpath.accounts.guards import Asked as AskedBy
from footpath.accounts.guards import signed_in
from footpath.directory.models import Person
from footpath.knowledge import presenting, selectors
from footpath.knowledge.models import Item
from footpath.knowledge.rules import Kind
from footpath.knowledge.selectors import Asked, Topics

HOLDS = {"yes": True, "no": False}


@signed_in
@require_safe
def library(request: AskedBy) -> HttpResponse:
    """Regulations, answers and good practices in one list; what is in work in a tab of its own."""
    person: Person = request.person
    topics = selectors.topics()
    asked = asked_in(request.GET, topics)
    writes = selectors.kinds_to_write(person)
    page = selectors.page_of_library(person, asked, after=request.GET.get("after"))
    kept = _kept(asked)
    context = {
        "asked": asked,
        "page": page,
        "next": here(kept, after=page.next_after) if page.next_after else None,
        "kept": kept,
        "topics": topics,
        "tabs": _tabs(asked, kept, in_work=bool(writes)),
        "menus": _menus(asked, kept, topics),
        "chosen": _chosen(asked, kept),
        "waiting": selectors.waiting_for(person) if writes and not asked.typed else [],
        "write": [
            (presenting.WRITE[kind], reverse(f"knowledge:{kind}-new"), presenting.KIND_ICONS[kind])
            for kind in writes
        ],
        "labels": {state: Item.State(state).label for state in presenting.STATES},
        "looks": presenting.STATES,
        "icons": presenting.KIND_ICONS,
    }
    return render(request, "knowledge/list.html", context)


def asked_in(given: Mapping[str, Any], topics: Topics) -> Asked:
    """Return what was asked for; words that mean nothing ask for nothing."""
    kind, language = given.get("kind", ""), given.get("language", "")
    return Asked(
        typed=" ".join(str(given.get("q", "")).split())[:200],
        kind=Kind(kind) if kind in set(Kind) else None,
        topic=topics.by_code(given.get("topic", "")),
        holds=HOLDS.get(given.get("holds", "")),
        language=language if language in dict(settings.LANGUAGES) else "",
        work=given.get("view") == "work",
    )


def here(kept: Mapping[str, str], **changes: str | None) -> str:
    """Return the address of the list with some of what was asked changed."""
    query = {name: value for name, value in {**kept, **changes}.items() if value}
    return reverse("knowledge:list", query=query)


def _kept(asked: Asked) -> dict[str, str]:
    return {
        "q": asked.typed,
        "kind": asked.kind or "",
        "topic": asked.topic.code if asked.topic else "",
        "holds": {True: "yes", False: "no", None: ""}[asked.holds],
        "language": asked.language,
        "view": "work" if asked.work else "",
    }


def _tabs(asked: Asked, kept: Mapping[str, str], *, in_work: bool) -> list[dict[str, Any]]:
    tabs = [
        {
            "href": here(kept, kind="", view=""),
            "text": _("All"),
            "active": asked.kind is None and not asked.work,
        }
    ]
    tabs += [
        {
            "href": here(kept, kind=kind, view=""),
            "text": presenting.KIND_MANY[kind],
            "active": asked.kind is kind and not asked.work,
        }
        for kind in Kind
    ]
    if in_work:
        work = here(kept, kind="", holds="", view="work")
        tabs.append({"href": work, "text": _("In work"), "active": asked.work})
    return tabs


def _menus(asked: Asked, kept: Mapping[str, str], topics: Topics) -> list[dict[str, Any]]:
    """Return the filters that are not set, each as a menu of links."""
    menus: list[dict[str, Any]] = []
    if asked.topic is None:
        rows = [(topic.code, topic.name) for topic in topics.rows]
        menus.append({"label": _("Topic"), "items": _links(kept, "topic", rows)})
    if asked.holds is None and not asked.work:
        rows = [("yes", _("In force")), ("no", _("No longer in force"))]
        menus.append({"label": _("In force"), "items": _links(kept, "holds", rows)})
    if not asked.language:
        menus.append(
            {"label": _("Language"), "items": _links(kept, "language", settings.LANGUAGES)}
        )
    return menus


def _links(kept: Mapping[str, str], name: str, rows: Any) -> list[dict[str, Any]]:
    return [{"href": here(kept, **{name: value}), "text": text} for value, text in rows]


def _chosen(asked: Asked, kept: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the filters that are set, each with the list without it."""
    found = []
    if asked.topic is not None:
        found.append({"text": asked.topic.name, "href": here(kept, topic="")})
    if asked.holds is not None:
        text = _("In force") if asked.holds else _("No longer in force")
        found.append({"text": text, "href": here(kept, holds="")})
    if asked.language:
        text = dict(settings.LANGUAGES)[asked.language]
        found.append({"text": text, "href": here(kept, language="")})
    return found
