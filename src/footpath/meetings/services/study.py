"""What a study session is about, and what is read there. Source: S4.2."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import partial
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.core.errors import InvalidValue, StaleState
from footpath.core.uploads import checked
from footpath.directory.models import Person
from footpath.meetings import rules
from footpath.meetings.models import Meeting
from footpath.meetings.rules.minutes import clean
from footpath.meetings.services.minutes import refuse_when_approved
from footpath.meetings.services.values import line, refuse_unless


@transaction.atomic
def set_material(
    *,
    meeting: Meeting,
    topic: str,
    material: str,
    by: Person,
    at: datetime,
    upload: UploadedFile[Any] | None = None,
    remove: bool = False,
) -> None:
    """Say what a session is about and what is read there: text or an address, and one file.

    The file is a PDF or a picture, told from its content; pictures are written anew without place,
    time and camera. A new file stands instead of the old one, ``remove`` takes it away. Raises
    InvalidValue without a topic or for a file that cannot be kept, RuleBroken when the meeting was
    cancelled or its minutes are approved.
    """
    require(by, "meetings.keep", meeting)
    refuse_when_approved(meeting)
    current = Meeting.objects.get(pk=meeting.pk)
    refuse_unless(current, rules.State.PLANNED, rules.State.HELD)
    topic = clean(line(topic, field="topic"))
    if not topic:
        raise InvalidValue(_("Say what the session is about."), field="topic")
    before = _values(current)
    old = current.material_file.name
    if current.topic != meeting.topic or current.material_file.name != meeting.material_file.name:
        raise StaleState(_("Somebody else has changed topic or material in the meantime."))
    meeting.topic, meeting.material = topic, clean(material).strip()
    digest = ""
    if upload is not None:
        digest = _keep(meeting, upload)
    elif remove:
        meeting.material_file, meeting.material_name = "", ""
    meeting.save(update_fields=["topic", "material", "material_file", "material_name"])
    if old and old != meeting.material_file.name:
        transaction.on_commit(partial(meeting.material_file.storage.delete, old))
    audit.record(
        "meeting.material_set",
        by=by,
        subject=meeting,
        at=at,
        before=before,
        after=_values(meeting) | ({"digest": digest} if digest else {}),
    )


def _keep(meeting: Meeting, upload: UploadedFile[Any]) -> str:
    """Keep the file of a session and return the digest of what is kept."""
    name = clean(PurePath(upload.name or "").name)[:200] or "file"
    content, _mime, ending = checked(upload, name=name, field="upload")
    digest = hashlib.sha256(content).hexdigest()
    meeting.material_file.save(f"{digest[:32]}.{ending}", ContentFile(content), save=False)
    meeting.material_name = name
    return digest


def _values(meeting: Meeting) -> dict[str, object]:
    return {
        "topic": meeting.topic,
        "material": meeting.material,
        "material_name": meeting.material_name,
    }
