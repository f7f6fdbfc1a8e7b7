"""Evidence: told from its content, without metadata, read only by those who read the case."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from footpath.cases import services
from footpath.cases.models import Attachment
from footpath.core.errors import InvalidValue, NotAllowed
from tests.cases.tools import PDF, SignIn, pdf, photo
from tests.world import World, later

pytestmark = pytest.mark.django_db


def kept(world: World, upload: SimpleUploadedFile) -> Attachment:
    """Return the upload kept beside a new case."""
    return services.add_attachment(
        case=world.case(), entry=None, upload=upload, by=world.officer, at=later(hours=1)
    )


def content_of(attachment: Attachment) -> bytes:
    """Return what is kept on the disk."""
    with attachment.file.storage.open(attachment.file.name) as opened:
        return bytes(opened.read())


def test_a_photo_is_kept_upright_without_where_when_and_with_what(world: World) -> None:
    upload = photo()
    assert b"Telltale camera" in upload.read()
    upload.seek(0)
    content = content_of(kept(world, upload))
    picture = Image.open(io.BytesIO(content))
    assert (b"Telltale" in content, dict(picture.getexif())) == (False, {})
    assert picture.size == (300, 400)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_other_pictures_are_kept_as_what_they_are(world: World, form: str) -> None:
    attachment = kept(world, photo(f"a.{form.lower()}", form=form))
    assert attachment.mime == f"image/{form.lower()}"
    assert Image.open(io.BytesIO(content_of(attachment))).format == form


def test_a_large_photo_is_made_smaller(world: World) -> None:
    attachment = kept(world, photo(size=(3000, 20)))
    assert max(Image.open(io.BytesIO(content_of(attachment))).size) == 2560


def test_a_document_is_kept_as_it_is(world: World) -> None:
    attachment = kept(world, pdf())
    assert (attachment.mime, content_of(attachment), attachment.is_picture) == (
        "application/pdf",
        PDF,
        False,
    )


def test_a_file_is_told_from_its_content_not_its_name(world: World) -> None:
    disguised = SimpleUploadedFile("photo.jpg", b"<script>alert(1)</script>", "image/jpeg")
    with pytest.raises(InvalidValue, match="is not a photo"):
        kept(world, disguised)


@pytest.mark.parametrize("form", ["GIF", "BMP"])
def test_other_kinds_of_pictures_are_refused(world: World, form: str) -> None:
    with pytest.raises(InvalidValue, match="is not a photo"):
        kept(world, photo(f"a.{form.lower()}", form=form))


def test_a_broken_picture_is_refused(world: World) -> None:
    whole = photo().read()
    with pytest.raises(InvalidValue, match="is damaged"):
        kept(world, SimpleUploadedFile("half.jpg", whole[: len(whole) // 3], "image/jpeg"))


def test_a_picture_of_too_many_points_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from footpath.core import uploads

    monkeypatch.setattr(uploads, "MOST_PIXELS", 100)
    with pytest.raises(InvalidValue, match="is damaged"):
        kept(world, photo())


def test_a_file_that_is_too_large_is_refused(world: World, settings) -> None:  # type: ignore[no-untyped-def]
    settings.ATTACHMENT_MAX_BYTES = 100
    with pytest.raises(InvalidValue, match="is larger than"):
        kept(world, photo())


def test_more_than_five_files_are_refused_together(world: World) -> None:
    case = world.case()
    uploads = [photo() for _ in range(6)]
    with pytest.raises(InvalidValue, match="at most 5"):
        services.add_attachments(
            case=case, entry=None, uploads=uploads, by=world.officer, at=later(hours=1)
        )
    assert case.attachments.count() == 0


def test_nobody_adds_a_file_to_a_case_of_others(world: World) -> None:
    with pytest.raises(NotAllowed):
        services.add_attachment(
            case=world.case(), entry=None, upload=photo(), by=world.far, at=later(hours=1)
        )


def test_a_picture_is_shown_and_a_document_is_saved(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.officer)
    picture, document = kept(world, photo("Cống Rạch Sâu.jpg")), kept(world, pdf())
    shown, saved = client.get(picture.get_absolute_url()), client.get(document.get_absolute_url())
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["Content-Disposition"].startswith("inline; filename*=utf-8''C%E1%BB%91ng")
    assert saved["Content-Disposition"] == 'attachment; filename="letter.pdf"'
    for answer in (shown, saved):
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"].startswith("private")
    assert b"".join(saved.streaming_content) == PDF
    b"".join(shown.streaming_content)


def test_a_small_picture_is_made_for_slow_lines(world: World, sign_in: SignIn) -> None:
    picture = kept(world, photo(size=(1200, 900)))
    answer = sign_in(world.officer).get(f"{picture.get_absolute_url()}?size=small")
    assert max(Image.open(io.BytesIO(answer.content)).size) == 240


def test_a_file_is_not_there_for_others_nor_under_another_case(
    world: World, sign_in: SignIn
) -> None:
    attachment, other = kept(world, photo()), world.case("The other")
    assert sign_in(world.far).get(attachment.get_absolute_url()).status_code == 404
    address = f"/cases/{other.pk}/files/{attachment.pk}/"
    assert sign_in(world.officer).get(address).status_code == 404


def test_a_file_lost_on_the_disk_is_not_there(world: World, sign_in: SignIn) -> None:
    attachment = kept(world, photo())
    attachment.file.storage.delete(attachment.file.name)
    assert sign_in(world.officer).get(attachment.get_absolute_url()).status_code == 404
