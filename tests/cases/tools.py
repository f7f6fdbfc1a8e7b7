"""People, pictures with metadata and other things that the tests of cases need."""

from __future__ import annotations

import io
from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from footpath.accounts.rules import Role
from footpath.directory.models import Person
from tests.world import World, holder, organization

SignIn = Callable[[Person], Client]

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def at_the_top(world: World) -> Person:
    """Return somebody of the office of the province, the one place that lies in no other."""
    unit = organization("Office of the province", world.province)
    return holder("Đinh Thị Thượng", Role.OFFICE, unit, world.province)


def photo(
    name: str = "gate.jpg", *, form: str = "JPEG", size: tuple[int, int] = (400, 300)
) -> SimpleUploadedFile:
    """Return a picture; a JPEG lies on its side and says where and with what it was taken."""
    picture = Image.new("RGB", size, (90, 120, 60))
    written = io.BytesIO()
    if form == "JPEG":
        tags = Image.Exif()
        tags[0x010F] = "Telltale camera"
        tags[0x0112] = 6
        tags.get_ifd(0x8825)[1] = "N"
        picture.save(written, format=form, exif=tags)
    else:
        picture.save(written, format=form)
    return SimpleUploadedFile(name, written.getvalue(), content_type="image/jpeg")


def pdf(name: str = "letter.pdf") -> SimpleUploadedFile:
    """Return a small document."""
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")
