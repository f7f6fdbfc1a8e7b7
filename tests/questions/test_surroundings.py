"""What the Corner leaves out: people, cookies, lines of a log that tell what was sent."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from footpath.questions import logs
from footpath.questions.models import Inbox
from tests.questions.corner import Corner

SECRET = "AAAAsecretAAAA"


def breaks(request: HttpRequest) -> HttpResponse:
    """Fail with what was sent in the message, as a database does."""
    raise ValueError(f"Key ({request.GET.get('token')}) {request.read()!r}")


urlpatterns = [path("breaks/", breaks), path("", include("footpath.questions.urls"))]
handler500 = "footpath.questions.refusals.server_error"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Return what the Corner writes to its log."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.Bare())
    root = logging.getLogger()
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)


@override_settings(ROOT_URLCONF=__name__)
def test_an_error_leaves_its_kind_and_place_and_the_day_alone(log: io.StringIO) -> None:
    client = Client(raise_request_exception=False)
    response = client.post(
        f"/breaks/?token={SECRET}",
        data=SECRET.encode(),
        content_type="application/json",
        headers={"X-Forwarded-For": "203.0.113.7", "User-Agent": SECRET},
    )
    assert (response.status_code, response.content) == (
        500,
        b"Something broke on our side\n",
    )
    lines = log.getvalue().splitlines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d ERROR django.request", lines[0])
    assert lines[1] == "  builtins.ValueError"
    assert re.fullmatch(r"    test_surroundings.py:\d+ breaks", lines[-1])
    assert not re.search(rf"{SECRET}|203\.0|\d\d:\d\d", log.getvalue())


def test_our_own_words_stand_in_the_log_unless_something_is_put_into_them(
    log: io.StringIO,
) -> None:
    logging.getLogger("footpath.config.corner_timetable").error("It tries again.")
    logging.getLogger("footpath.questions").error("A key: %s", SECRET)
    logging.getLogger("other").error(SECRET)
    assert [line[11:] for line in log.getvalue().splitlines()] == [
        "ERROR footpath.config.corner_timetable: It tries again.",
        "ERROR footpath.questions",
        "ERROR other",
    ]


def test_a_page_that_is_not_there_and_a_bad_host_leave_no_line(
    log: io.StringIO, client: Client
) -> None:
    missing = client.get(f"/{SECRET}/")
    assert missing.status_code == 404
    assert "There is no such page" in missing.text
    assert SECRET not in missing.text
    bad = client.get("/health/", headers={"Host": "example.org"})
    assert (bad.status_code, bad.content) == (400, b"This request could not be read\n")
    assert log.getvalue() == ""


def test_the_project_has_nobody_and_nothing_to_report_to() -> None:
    assert settings.INSTALLED_APPS == ["csp", "django.contrib.staticfiles", "footpath.questions"]
    assert list(settings.DATABASES) == ["default"]
    assert (settings.DEBUG, settings.ADMINS, settings.MANAGERS) == (False, [], [])
    wanted = re.compile("session|auth|message|csrf|gzip|broken|admin", re.IGNORECASE)
    assert [name for name in settings.MIDDLEWARE if wanted.search(name)] == []
    assert [handler["class"] for handler in settings.LOGGING["handlers"].values()] == [
        "logging.StreamHandler"
    ]


def test_no_table_has_a_time_a_person_or_a_number_that_grows() -> None:
    from django.apps import apps

    for model in apps.get_app_config("questions").get_models():
        for field in model._meta.get_fields():
            assert not field.is_relation, field
            assert not isinstance(
                field,
                models.DateField
                | models.TimeField
                | models.DurationField
                | models.AutoField
                | models.GenericIPAddressField,
            ), field


def test_the_language_is_asked_for_chosen_before_or_the_browsers(client: Client) -> None:
    first = client.get("/health/?lang=vi")
    assert first["Content-Language"] == "vi"
    assert {name: cookie.value for name, cookie in first.cookies.items()} == {
        "footpath_language": "vi"
    }
    assert client.get("/health/")["Content-Language"] == "vi"
    other = Client(headers={"Accept-Language": "ru"})
    said = other.get("/health/?lang=xx")
    assert (said["Content-Language"], said.cookies) == ("ru", {})


def test_nobody_is_told_apart_by_the_answers_of_machines(client: Client, corner: Corner) -> None:
    plain = client.get("/bulletin/")
    client.cookies["footpath_session"] = "abc"
    known = client.get("/bulletin/", headers={"User-Agent": "another"})
    assert (known.content, sorted(known.items())) == (plain.content, sorted(plain.items()))
    assert "Set-Cookie" not in known.headers


def test_a_table_made_anew_by_django_would_be_found_out(corner: Corner) -> None:
    """The row number of SQLite is really gone, and not only from our sight."""
    corner.ask(1)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor, pytest.raises(Exception, match="no such column"):
            cursor.execute("SELECT rowid FROM corner_inbox")
    assert Inbox.objects.count() == 1
