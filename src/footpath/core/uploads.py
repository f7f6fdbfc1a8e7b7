"""Files that people send: what they are is told from their content, pictures are written anew."""

from __future__ import annotations

import io
from typing import Any

import filetype
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from footpath.core import formats
from footpath.core.errors import InvalidValue

PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
DOCUMENTS = {"application/pdf": "pdf"}
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2560


def checked(
    upload: UploadedFile[Any], *, name: str, field: str = "files"
) -> tuple[bytes, str, str]:
    """Return (content to keep, MIME type, file ending) of a photo (JPEG, PNG, WebP) or a PDF.

    What a file is, is told from its content. Pictures are turned upright, made at most 2,560
    pixels long and written anew, which drops place, time and camera. InvalidValue on ``field``
    names the file and what to do when it is too large, of another kind or damaged.
    """
    most = settings.ATTACHMENT_MAX_BYTES
    if upload.size is not None and upload.size > most:
        raise InvalidValue(
            _("“%(name)s” is larger than %(size)s. Send a smaller picture or file.")
            % {"name": name, "size": formats.file_size(most)},
            field=field,
        )
    content = upload.read()
    kind = filetype.guess(content)
    mime = kind.mime if kind is not None else ""
    if mime in DOCUMENTS:
        return content, mime, DOCUMENTS[mime]
    if mime in PICTURES:
        try:
            return _written_anew(content, PICTURES[mime]), mime, PICTURES[mime].lower()
        except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as bad:
            raise InvalidValue(
                _("“%(name)s” is damaged and cannot be read as a picture. Take it again.")
                % {"name": name},
                field=field,
            ) from bad
    raise InvalidValue(
        _("“%(name)s” is not a photo (JPEG, PNG, WebP) or a PDF. Send one of these.")
        % {"name": name},
        field=field,
    )


def _written_anew(content: bytes, form: str) -> bytes:
    with Image.open(io.BytesIO(content), formats=[form]) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        plain = upright.convert("RGB" if form == "JPEG" else "RGBA")
        clean = Image.new(plain.mode, plain.size)
        clean.paste(plain)
        written = io.BytesIO()
        clean.save(written, format=form, quality=85)
        return written.getvalue()
