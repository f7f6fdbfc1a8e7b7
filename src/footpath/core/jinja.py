"""The template engine of our own pages: Jinja2 with Django's URLs and texts, Babel's formats."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.templatetags import static as files
from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext
from jinja2 import Environment, StrictUndefined

from footpath.core import formats
from footpath.core.figures import Rate


def environment(**options: Any) -> Environment:
    """Return the environment of every page: autoescape on, unknown names are errors."""
    options.setdefault("autoescape", True)
    options["undefined"] = StrictUndefined
    options["trim_blocks"] = options["lstrip_blocks"] = True
    built = Environment(  # noqa: S701 - autoescape is in the options
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"], **options
    )
    built.policies["ext.i18n.trimmed"] = True  # the same in scripts/i18n.py
    built.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=gettext, ngettext=ngettext, newstyle=True, pgettext=pgettext
    )
    built.globals.update(url=url, static=static, Rate=Rate)
    built.filters.update(
        day=formats.day,
        day_parts=formats.day_parts,
        day_short=formats.day_short,
        day_year=formats.day_year,
        day_time=formats.day_time,
        time=formats.time,
        month=formats.month,
        month_within=formats.month_within,
        number=formats.number,
        percent=formats.percent,
        fraction=formats.fraction,
        rate=formats.rate,
        initials=formats.initials,
        file_size=formats.file_size,
    )
    return built


@lru_cache(maxsize=256)
def static(path: str) -> str:
    """Return the address of a built file. It does not change while a process lives, and a page
    asks for the icons dozens of times.
    """
    return files.static(path)


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """Return the address of a named page; ``_query`` gives the part after the question mark."""
    query = kwargs.pop("_query", None)
    return reverse(name, args=args or None, kwargs=kwargs or None, query=query)
