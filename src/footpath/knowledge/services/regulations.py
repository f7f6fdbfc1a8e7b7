"""Enter regulations, correct them, and say what is in force. Source: S2.7."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.core import clock, formats, textsearch
from footpath.core.errors import InvalidValue
from footpath.core.uploads import checked
from footpath.directory.models import Person
from footpath.knowledge import rules
from footpath.knowledge.models import Item, Regulation, Topic
from footpath.knowledge.rules import Deed, Kind, State
from footpath.knowledge.services.values import (
    LONGEST_TITLE,
    language,
    line,
    move,
    recorded,
    rewrite,
    snapshot,
    subject_of,
    words,
)


@dataclass(frozen=True)
class RegulationWords:
    """What a regulation says of itself."""

    number: str
    issued_on: date
    title: str
    topic: Topic
    language: str
    issuer: str = ""
    text: str = ""


@transaction.atomic
def enter_regulation(
    *,
    said: RegulationWords,
    by: Person,
    at: datetime,
    upload: UploadedFile[Any] | None = None,
) -> Regulation:
    """Put a regulation into the library, with its text, its file, or both; return it.

    Raises InvalidValue when number, title or both text and file are missing, when the file is no
    PDF and no picture, or when this regulation stands there already.
    """
    require(by, "knowledge.regulate")
    values, shared = _values(said, at)
    made = Regulation(
        kind=Kind.REGULATION.value,
        state=State.IN_FORCE.value,
        is_open=True,
        made_by=by,
        made_at=at,
        **shared,
        **values,
    )
    if upload is not None:
        _keep(made, upload)
    _refuse_empty(made)
    _saved(made)
    audit.record(
        "regulation.entered", by=by, subject=subject_of(made), at=at, after=_snapshot(made)
    )
    return made


@transaction.atomic
def change_regulation(
    *,
    regulation: Regulation,
    said: RegulationWords,
    by: Person,
    at: datetime,
    upload: UploadedFile[Any] | None = None,
    remove_file: bool = False,
    version: int | None = None,
) -> None:
    """Correct a regulation in force: its words, and its file when a new one is sent.

    ``version`` is the one that was read. Errors as ``enter_regulation``; StaleState when somebody
    else has changed it since.
    """
    require(by, "knowledge.regulate")
    values, shared = _values(said, at)
    old = regulation.file.name
    with recorded("regulation.changed", regulation, _snapshot, by=by, at=at):
        rewrite(regulation, read=version, **shared)
        for name, value in values.items():
            setattr(regulation, name, value)
        if upload is not None:
            _keep(regulation, upload)
        elif remove_file:
            regulation.file, regulation.file_name = "", ""
            regulation.file_size, regulation.file_digest = 0, ""
        _refuse_empty(regulation)
        _saved(regulation, [*values, "file", "file_name", "file_size", "file_digest"])
        if old and old != regulation.file.name:
            transaction.on_commit(partial(regulation.file.storage.delete, old))


@transaction.atomic
def replace_regulation(
    *, regulation: Regulation, replacement: Regulation, on: date, by: Person, at: datetime
) -> None:
    """Say that another regulation stands instead of one from a day on.

    The other one must be in force and not the same. Errors: InvalidValue, RuleBroken, StaleState.
    """
    require(by, "knowledge.regulate")
    if replacement.pk == regulation.pk:
        raise InvalidValue(_("A regulation does not replace itself."), field="replacement")
    # Both are locked, in one order, so that two that replace each other at once cannot both win.
    held = Item.objects.select_for_update().filter(pk__in=[regulation.pk, replacement.pk])
    states = dict(held.order_by("pk").values_list("pk", "state"))
    if states.get(replacement.pk) != State.IN_FORCE:
        raise InvalidValue(
            _("%(number)s is not in force itself.") % {"number": replacement.number},
            field="replacement",
        )
    _end(regulation, Deed.REPLACE, on=on, reason="", replacement=replacement, by=by, at=at)


@transaction.atomic
def repeal_regulation(
    *, regulation: Regulation, on: date, reason: str, by: Person, at: datetime
) -> None:
    """Say that a regulation is no longer in force from a day on, and why."""
    require(by, "knowledge.regulate")
    reason = line(reason, field="reason", missing=_("Say why it is no longer in force."))
    _end(regulation, Deed.REPEAL, on=on, reason=reason, replacement=None, by=by, at=at)


@transaction.atomic
def restore_regulation(*, regulation: Regulation, reason: str, by: Person, at: datetime) -> None:
    """Say that a regulation is in force after all, and why: it was ended by mistake."""
    require(by, "knowledge.regulate")
    reason = line(reason, field="reason", missing=_("Say why it is in force after all."))
    with recorded("regulation.restored", regulation, _snapshot, by=by, at=at, reason=reason):
        move(regulation, Deed.RESTORE)
        regulation.ended_on, regulation.replaced_by, regulation.end_reason = None, None, ""
        _saved(regulation, ["ended_on", "replaced_by", "end_reason"])


def _end(
    regulation: Regulation,
    deed: Deed,
    *,
    on: date,
    reason: str,
    replacement: Regulation | None,
    by: Person,
    at: datetime,
) -> None:
    if on < regulation.issued_on:
        raise InvalidValue(
            _("It was issued on %(day)s. It cannot end before that.")
            % {"day": formats.day_year(regulation.issued_on)},
            field="on",
        )
    if on > clock.day_of(at):
        raise InvalidValue(_("Say so on the day itself: this day is still to come."), field="on")
    name = "regulation.replaced" if deed is Deed.REPLACE else "regulation.repealed"
    with recorded(name, regulation, _snapshot, by=by, at=at):
        move(regulation, deed)
        regulation.ended_on, regulation.end_reason = on, reason
        regulation.replaced_by = replacement
        _saved(regulation, ["ended_on", "end_reason", "replaced_by"])


def _values(said: RegulationWords, at: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the regulation's own table holds, and what all items have in common."""
    number = line(said.number, field="number", missing=_("Give the number."), longest=80)
    if not rules.number_key(number):
        raise InvalidValue(_("Give the number."), field="number")
    if said.issued_on > clock.day_of(at):
        raise InvalidValue(_("This day is still to come."), field="issued_on")
    title = line(said.title, field="title", missing=_("Give the title."), longest=LONGEST_TITLE)
    issuer = line(said.issuer, field="issuer", longest=200)
    text = words(said.text, field="text")
    own = {
        "number": number,
        "number_key": rules.number_key(number),
        "issuer": issuer,
        "issued_on": said.issued_on,
        "text": text,
    }
    shared = {
        "title": title,
        "summary": rules.headline(text),
        "language": language(said.language),
        "topic": said.topic,
        "day": said.issued_on,
        "search": textsearch.document(number, rules.number_key(number), title, issuer, text),
    }
    return own, shared


def _keep(regulation: Regulation, upload: UploadedFile[Any]) -> None:
    """Keep the file of a regulation: a PDF or a picture, told from its content."""
    name = rules.clean(PurePath(upload.name or "").name)[:200] or "file"
    content, _mime, ending = checked(upload, name=name, field="upload")
    digest = hashlib.sha256(content).hexdigest()
    regulation.file.save(f"{digest[:32]}.{ending}", ContentFile(content), save=False)
    regulation.file_name, regulation.file_size = name, len(content)
    regulation.file_digest = digest


def _refuse_empty(regulation: Regulation) -> None:
    if not regulation.text and not regulation.file:
        raise InvalidValue(_("Give the text, or send the file."), field="text")


def _saved(regulation: Regulation, fields: list[str] | None = None) -> None:
    """Write a regulation, only these columns when some are named; refuse the same one twice."""
    try:
        with transaction.atomic():
            if fields is None:
                regulation.save(force_insert=True)
            else:
                regulation.save(update_fields=fields)
    except IntegrityError as twice:
        raise InvalidValue(
            _("This regulation stands in the library already."), field="number"
        ) from twice


def _snapshot(regulation: Regulation) -> dict[str, Any]:
    ended = regulation.ended_on
    return snapshot(
        regulation,
        number=regulation.number,
        issuer=regulation.issuer,
        issued_on=regulation.issued_on.isoformat(),
        text=regulation.text,
        file=regulation.file_digest,
        replaced_by=regulation.replaced_by_id,
        ended_on=ended.isoformat() if ended else None,
        end_reason=regulation.end_reason,
    )
