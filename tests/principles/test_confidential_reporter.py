"""A confidential reporter is known to one person: nobody else finds them, anywhere.

A name, an address and a number that stand nowhere else are given with a report. Then everything
that can be read is read: every address as each role, the administration site, exports, the API,
files, notices, mails, the log, and every row of every table but the one that keeps them.
"""

from __future__ import annotations

import io
import logging
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from footpath.cases import services
from footpath.cases.models import Case, Reporter
from footpath.cases.selectors import reporters
from footpath.notifications import services as notifications
from tests.cases.reports import EMAIL, NAME, PHONE, report
from tests.principles.test_permission_matrix import ADDRESSES, Things
from tests.world import NOON, World, later

pytestmark = pytest.mark.django_db

CANARIES = ("kanarienvogel", "909 717 171", "909717171")
TEXTS = (models.CharField, models.TextField, models.JSONField, models.FileField)
READERS = ("office", "administrator", "auditor", "boss", "officer", "anonymous")
WIDEST = ("office", "administrator")
"""Who reads every address; the others read those of the rooms that say something of cases."""

OURS = ("cases", "public", "open311", "api", "web", "notifications", "reports")
READ = (
    "/cases/?view=all",
    "/cases/export/?view=all",
    "/cases/export/?view=all&format=xlsx",
    "/api/v1/cases?view=all",
)
SEARCHED = (
    "/search/?q=kanarienvogel",
    "/cases/?view=all&q=kanarienvogel",
    "/cases/?view=all&q=909717171",
    "/api/v1/cases?q=kanarienvogel",
    "/places/?q=kanarienvogel",
    "/public/places/?q=kanarienvogel",
)


def canaries_in(content: bytes | str) -> list[str]:
    """Return which of the canaries stand in a page, a workbook, a PDF or a text."""
    if isinstance(content, bytes):
        if content[:4] == b"PK\x03\x04":
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                content = "".join(
                    book.read(name).decode("utf-8", "replace") for name in book.namelist()
                )
        elif content[:5] == b"%PDF-":
            content = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
        else:
            content = content.decode("utf-8", "replace")
    text = content.lower()
    return [canary for canary in CANARIES if canary in text]


def read(client: Client, address: str) -> bytes:
    """Return what an address says, with its headers."""
    answer = client.get(address)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return (
        body
        if body[:4] == b"PK\x03\x04" or body[:5] == b"%PDF-"
        else (repr(answer.headers).encode() + body)
    )


def confided(world: World) -> Case:
    """Return a case of a confidential reporter in which everything has happened."""
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    case, _code = report(
        world, title="The pump is sold", text="It stood there in May.", name=NAME, email=EMAIL,
        phone=PHONE, is_confidential=True,
        uploads=[SimpleUploadedFile(f"{NAME}.png", picture.getvalue())],
    )  # fmt: skip
    reporter = Reporter.objects.select_related("case__duplicate_of").get(case=case)
    services.confirm_address(reporter=reporter, at=later(minutes=1))
    services.publish_case(case=case, text="A pump.", by=world.head, at=later(minutes=2))
    services.return_case(case=case, text="Which pump?", by=world.head, at=later(minutes=3))
    services.say(reporter=reporter, text="The green one.", at=later(minutes=4))
    case.refresh_from_db()
    services.assign_owner(case=case, owner=world.second, by=world.head, at=later(minutes=5))
    services.accept_case(case=case, by=world.second, at=later(minutes=6))
    services.reply_to_reporter(case=case, text="We look.", by=world.second, at=later(minutes=7))
    services.escalate_case(case=case, text="Too big.", by=world.second, at=later(minutes=8))
    services.rectify_case(case=case, text="Back.", by=world.second, at=later(minutes=9))
    services.verify_case(case=case, result="confirmed", by=world.head, at=later(minutes=10))
    services.case_closed(case, at=later(minutes=10))
    reporter.case.refresh_from_db()
    services.answer_fixed(reporter=reporter, answer="no", text="Gone again.", at=later(minutes=11))
    return case


def test_a_confidential_reporter_is_found_nowhere(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    things = Things(world)
    case = confided(world)
    things.case = case
    things.attachment = case.attachments.get()
    things.public |= {"public:case": {"pk": case.pk}}
    notifications.plan_due(at=later(days=1))
    found: dict[str, list[str]] = {}
    for role in READERS:
        client = things.client(role)
        names = [
            name for name, _wanted in ADDRESSES if role in WIDEST or name.split(":")[0] in OURS
        ]
        wanted = dict(ADDRESSES)
        addresses = [things.address(name, wanted[name]) for name in names]
        for address in [*addresses, *READ, case.get_absolute_url()]:
            if canaries := canaries_in(read(client, address)):
                found[f"{role} {address}"] = canaries
        for address in SEARCHED:  # a page may repeat what was typed, but finds nothing by it
            if case.title.encode() in read(client, address):
                found[f"{role} {address}"] = [case.title]
        caplog.set_level(logging.INFO)  # one role tells what is said at most
    assert found == {}
    assert canaries_in(caplog.text) == []


def test_the_handler_alone_reads_the_reporter_on_the_page(world: World) -> None:
    case = confided(world)
    client = Client()
    client.force_login(world.lead.user)
    assert canaries_in(read(client, case.get_absolute_url())) == ["kanarienvogel", "909 717 171"]


def test_no_row_but_the_reporters_own_keeps_the_reporter(world: World) -> None:
    confided(world)
    notifications.plan_due(at=later(days=1))
    found = set()
    for model in apps.get_models():
        if model is Reporter:
            continue
        columns = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(
                field, models.CharField | models.TextField | models.JSONField | models.FileField
            )
        ]
        for row in model._base_manager.values_list(*columns) if columns else ():
            if canaries_in(repr(row)):
                found.add(model._meta.label)
    assert found == set()


def test_no_file_is_named_after_the_reporter(world: World) -> None:
    case = confided(world)
    assert [file.name for file in case.attachments.all()] == ["report.png"]
    kept = Path(django_settings.MEDIA_ROOT)
    assert not [path for path in kept.rglob("*") if canaries_in(path.name)]


def test_the_administration_site_knows_no_reporter(world: World) -> None:
    confided(world)
    assert Reporter not in admin.site._registry
    client = Client()
    client.force_login(world.administrator.user)
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        assert canaries_in(read(client, reverse(name))) == []


def test_somebody_in_office_who_confides_stands_nowhere_in_the_case(world: World) -> None:
    case, _code = services.report_confidentially(
        title="The pump is sold", text="", area=world.hue, category=world.category,
        handler=world.boss, by=world.second, at=NOON,
    )  # fmt: skip
    services.accept_case(case=case, by=world.head, at=later(hours=1))
    name = world.second.name
    addresses = [
        case.get_absolute_url(),
        reverse("cases:print", args=[case.pk]),
        reverse("api:get_case", args=[case.pk]),
        "/cases/export/?view=all",
        f"/account/trail/history/?subject=cases.case:{case.pk}",
    ]
    for role in ("officer", "head", "office", "auditor", "administrator"):
        client = Client()
        client.force_login(getattr(world, role).user)
        for address in addresses:
            body = read(client, address)
            if body[:5] == b"%PDF-":
                body = "".join(
                    page.extract_text() for page in PdfReader(io.BytesIO(body)).pages
                ).encode()
            assert name not in body.decode("utf-8", "replace"), (role, address)
    mine = Client()
    mine.force_login(world.second.user)
    assert case.title not in mine.get("/cases/?view=mine").content.decode()
    assert not case.participants.filter(person=world.second).exists()


def test_nobody_is_found_by_the_person_behind_a_report(world: World) -> None:
    """Each look-up that takes a person, asked for the confidential one, gives nothing."""
    case, _code = services.report_confidentially(
        title="The pump is sold", text="", area=world.phuoc, category=world.category,
        handler=world.boss, by=world.far, at=NOON,
    )  # fmt: skip
    client = Client()
    client.force_login(world.office.user)
    shown = read(client, reverse("directory:person", args=[world.far.pk])).decode()
    assert case.number not in shown
    assert reporters.reporter_for(world.boss, case) == reporters.Contact(world.far.name, "", "")


def test_what_is_asked_of_the_deed_is_not_logged(
    world: World, caplog: pytest.LogCaptureFixture, client: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    world.category.is_public = True
    world.category.save()
    query = {"place": world.hue.code, "category": world.category.code}
    address = reverse("public:report", query=query)
    for values in ({"title": ""}, {"title": "A pump", "client_key": ""}):
        client.post(address, {"name": NAME, "email": EMAIL, "phone": PHONE, **values})
    assert Reporter.objects.count() == 1
    assert canaries_in(caplog.text) == []
