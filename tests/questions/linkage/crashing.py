"""The Corner with a fault in every view: each one reads what was sent, and breaks with it in hand.

``CRASH`` says how: "raise" with the whole request in the message, as a database quotes a row;
"database" in the middle of a statement whose values are what was sent.
"""

from __future__ import annotations

import os
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

from footpath.config import corner_wsgi

application = corner_wsgi.application


def breaks(request: HttpRequest, **_more: Any) -> HttpResponse:
    """Break, holding everything that was sent."""
    sent = f"{request.META} {request.GET.dict()} {request.read()!r}"
    if os.environ["CRASH"] == "database":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO corner_inbox (key, nothing) VALUES (%s, %s)", [sent, sent])
    raise ValueError(f"Key (digest)=({sent}) already exists.")


def _break_all(patterns: list[Any]) -> None:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            _break_all(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            pattern.callback = breaks


_break_all(get_resolver().url_patterns)
