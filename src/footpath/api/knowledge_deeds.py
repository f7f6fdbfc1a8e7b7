"""What a caller says of a deed on an item of the library, made into what its service is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from footpath.api.knowledge_schemas import LibraryDeedIn
from footpath.api.lookups import regulations_of, unit_of
from footpath.core.errors import InvalidValue
from footpath.directory.models import Person, Post
from footpath.knowledge.doing import DOINGS
from footpath.knowledge.models import Regulation
from footpath.knowledge.rules import Deed
from footpath.knowledge.selectors import Unit


def asked_of(deed: Deed, said: LibraryDeedIn, *, by: Person) -> dict[str, Any]:
    """Return what the service of a deed is told; InvalidValue for what is missing or not there."""
    return {name: _READ[name](said, by) for name in DOINGS[deed].told}


def _replacement(said: LibraryDeedIn, _by: Person) -> Regulation:
    found = regulations_of([said.replacement] if said.replacement is not None else [])
    if not found:
        raise InvalidValue(_("Name the other regulation by its id."), field="replacement")
    return found[0]


def _on(said: LibraryDeedIn, _by: Person) -> date:
    if said.on is None:
        raise InvalidValue(_("Name the day, such as 2026-03-17."), field="on")
    return said.on


def _version(said: LibraryDeedIn, _by: Person) -> int:
    if said.version is None:
        raise InvalidValue(_("Name the version you have read."), field="version")
    return said.version


def _post(said: LibraryDeedIn, _by: Person) -> Post:
    post = Post.objects.filter(pk=said.post).first() if said.post is not None else None
    if post is None:
        raise InvalidValue(_("Choose a post that you hold."), field="post")
    return post


def _units(said: LibraryDeedIn, by: Person) -> list[Unit]:
    return [unit_of(by, unit, field="units") for unit in said.units]


def _reason(said: LibraryDeedIn, _by: Person) -> str:
    return said.reason


_READ: Mapping[str, Callable[[LibraryDeedIn, Person], Any]] = {
    "on": _on,
    "post": _post,
    "reason": _reason,
    "replacement": _replacement,
    "sentence": _reason,
    "units": _units,
    "version": _version,
}
