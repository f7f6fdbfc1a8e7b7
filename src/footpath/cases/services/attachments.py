"""Evidence: photos and documents, checked by content and stripped of metadata."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.cases.models import Attachment, Case, Entry
from footpath.core.errors import InvalidValue
from footpath.core.uploads import checked
from footpath.directory.models import Person

SMALL_SIDE = 240
MOST_FILES = 5


def add_attachments(
    *,
    case: Case,
    entry: Entry | None,
    uploads: Sequence[UploadedFile[Any]],
    by: Person | None,
    at: datetime,
) -> list[Attachment]:
    """Keep up to five files beside an entry, all or none; errors as ``add_attachment``."""
    if len(uploads) > MOST_FILES:
        raise InvalidValue(
            _("Send at most %(count)s files at once.") % {"count": MOST_FILES}, field="files"
        )
    with transaction.atomic():
        return [
            add_attachment(case=case, entry=entry, upload=upload, by=by, at=at)
            for upload in uploads
        ]


def add_attachment(
    *, case: Case, entry: Entry | None, upload: UploadedFile[Any], by: Person | None, at: datetime
) -> Attachment:
    """Keep a photo (JPEG, PNG, WebP) or a PDF beside an entry and return it.

    What a file is, is told from its content. Pictures are turned upright, made at most 2,560
    pixels long and written anew, which drops place, time and camera. InvalidValue names the file
    and what to do when it is too large, of another kind or damaged.

    Without ``by`` it came with a report of somebody outside: then its name is not kept either,
    because it may name who sent it.
    """
    if by is not None:
        require(by, "cases.note", case)
    name = PurePath(upload.name or "").name[:200] or "file"
    content, mime, ending = checked(upload, name=name)
    if by is None:
        name = f"report.{ending}"
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        attachment = Attachment(
            case=case,
            entry=entry,
            name=name,
            mime=mime,
            size=len(content),
            digest=digest,
            added_by=by,
            added_at=at,
        )
        attachment.file.save(f"{digest[:32]}.{ending}", ContentFile(content), save=False)
        attachment.save(force_insert=True)
        audit.record(
            "case.attachment_added",
            by=by or audit.System("public form"),
            subject=case,
            at=at,
            after={"name": name, "digest": digest},
        )
    return attachment


def small_picture(attachment: Attachment) -> bytes:
    """Return a picture made at most 240 pixels long, as JPEG, for lists on a slow line."""
    with attachment.file.open("rb") as kept, Image.open(kept) as picture:
        picture.thumbnail((SMALL_SIDE, SMALL_SIDE))
        written = io.BytesIO()
        picture.convert("RGB").save(written, format="JPEG", quality=75)
        return written.getvalue()
