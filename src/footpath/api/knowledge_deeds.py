"""What a caller asks to be done with an item of the library, handed to the service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from footpath.api.knowledge_schemas import LibraryDeedIn
from footpath.api.lookups import regulations_of, unit_of
from footpath.core.errors import InvalidValue
from footpath.directory.models import Person, Post
from footpath.knowledge import services
from footpath.knowledge.rules import Deed

Doer = Callable[[Any, LibraryDeedIn, Person, datetime], Any]


def _with_reason(service: Callable[..., Any], name: str) -> Doer:
    def do(item: Any, said: LibraryDeedIn, by: Person, at: datetime) -> None:
        service(**{name: item}, reason=said.reason, by=by, at=at)

    return do


def _replace(item: Any, said: LibraryDeedIn, by: Person, at: datetime) -> None:
    found = regulations_of([said.replacement] if said.replacement is not None else [])
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
    units = [unit_of(by, unit, field="units") for unit in said.units]
    services.spread_practice(practice=item, units=units, by=by, at=at)


DEEDS: Mapping[Deed, Doer] = {
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
