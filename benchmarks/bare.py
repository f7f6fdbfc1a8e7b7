# ruff: noqa: E402 - Django is set up before its parts are imported
"""The limit in the same run: views without sign-in, scope, trail or furniture.

Served by the same server from the same database. What a page of the product costs more than its
bare view is what Footpath's promises cost.
"""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "footpath.config.settings")

import django
from django.conf import settings

django.setup()
settings.MIDDLEWARE = []
settings.ROOT_URLCONF = "benchmarks.bare"

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import engines
from django.urls import path

from footpath.cases.models import Case, Entry
from footpath.directory.models import Area, Person

COLUMNS = (
    "id", "title", "state", "outcome", "round_number", "due_on", "raised_at", "updated_at",
    "category__code", "area__code", "area__name", "owner_id", "owner__name",
)  # fmt: skip
_known: dict[str, Any] = {}


def _province() -> int:
    if "province" not in _known:
        _known["province"] = Area.objects.get(code="P").pk
        _known["person"] = Person.objects.get(code="province").pk
        _known["group"] = Area.objects.order_by("-path")[0].pk
        _known["category"] = Case.objects.values_list("category_id", flat=True)[0]
    return int(_known["province"])


INSERT = """
INSERT INTO cases_case (title, text, category_id, area_id, level, source, raised_by_id, raised_at,
    state, is_open, outcome, round_number, due_on, updated_at, search, due_kind, is_agreed,
    address, answers, media_url, is_public, public_text, a0)
VALUES ('Lamp dark', '', %s, %s, 4, 'officer', %s, now(), 'raised', true, '', 1, now(), now(),
    'lamp dark', '', false, '', '{}', '', false, '', %s) RETURNING id
"""
EVENT = """
INSERT INTO accounts_trailline (subject, number, at, actor, actor_name, deed, before_digest,
    after_digest, previous, digest)
SELECT 'bare:' || id, 1, now(), 'bare', 'bare', 'case.raised', '', '', '', '' FROM made RETURNING 1
"""


def create(request: HttpRequest) -> JsonResponse:
    """Insert a case and an event, by hand, in one transaction."""
    values = [
        _province() and _known["category"],
        _known["group"],
        _known["person"],
        _known["province"],
    ]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"WITH made AS ({INSERT}), event AS ({EVENT}) SELECT id FROM made", values
            )
            (number,) = cursor.fetchone()
        else:
            said = INSERT.replace("now()", "datetime('now')").replace(" RETURNING id", "")
            event = EVENT.replace("now()", "datetime('now')").replace(" RETURNING 1", "")
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute(said, values)
            number = cursor.lastrowid
            cursor.execute(
                event.replace("'bare:' || id", "'bare:' || %s").replace("FROM made", ""), [number]
            )
            cursor.execute("COMMIT")
    return JsonResponse({"id": number}, status=201)


def _rows(**scope: Any) -> list[dict[str, Any]]:
    rows = Case.objects.filter(is_open=True, **scope).order_by("due_on", "pk")
    return list(rows.values(*COLUMNS)[:50])


def ledger_json(request: HttpRequest) -> JsonResponse:
    """List the 50 next due cases of the province."""
    return JsonResponse({"items": _rows(a0=_province())})


def unscoped_json(request: HttpRequest) -> JsonResponse:
    """List the 50 newest cases of everything."""
    rows = Case.objects.order_by("-raised_at", "-pk").values(*COLUMNS)[:50]
    return JsonResponse({"items": list(rows)})


def item_json(request: HttpRequest, pk: int) -> JsonResponse:
    """Read one case and its thread."""
    case = Case.objects.values(*COLUMNS, "text").get(pk=pk)
    case["entries"] = list(Entry.objects.filter(case=pk).values())
    return JsonResponse(case)


ITEM = """<!doctype html><title>{{ case.title }}</title><h1>{{ case.title }}</h1>
<p>{{ case.area__name }}, {{ case.state }}, {{ case.owner__name }}, {{ case.due_on }}</p>
<p>{{ case.text }}</p><ol>{% for entry in case.entries %}<li>{{ entry.deed }} {{ entry.at }}
{{ entry.text }}</li>{% endfor %}</ol>"""


def item_html(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one case and its thread without furniture."""
    case = Case.objects.values(*COLUMNS, "text").get(pk=pk)
    case["entries"] = list(Entry.objects.filter(case=pk).values())
    return HttpResponse(engines["pages"].env.from_string(ITEM).render(case=case))


def search_json(request: HttpRequest) -> JsonResponse:
    """Find the 50 newest cases of the province that hold a word."""
    rows = Case.objects.filter(a0=_province()).matching(request.GET["q"])
    return JsonResponse({"items": list(rows.order_by("-raised_at", "-pk").values(*COLUMNS)[:50])})


LEDGER = """<!doctype html><title>Cases</title><table>
{% for row in rows %}<tr><td><a href="/cases/{{ row.id }}/">{{ row.title }}</a></td>
<td>{{ row.area__name }}</td><td>{{ row.state }}</td><td>{{ row.owner__name }}</td>
<td>{{ row.due_on }}</td></tr>{% endfor %}</table>"""


def ledger_html(request: HttpRequest) -> HttpResponse:
    """Show the 50 next due cases of the province as a table without furniture."""
    page = engines["pages"].env.from_string(LEDGER).render(rows=_rows(a0=_province()))
    return HttpResponse(page)


urlpatterns = [
    path("create", create),
    path("ledger.json", ledger_json),
    path("ledger.html", ledger_html),
    path("unscoped.json", unscoped_json),
    path("item.json/<int:pk>", item_json),
    path("item.html/<int:pk>", item_html),
    path("search.json", search_json),
]

application = get_wsgi_application()
