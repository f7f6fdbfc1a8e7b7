"""Language, colour scheme, menu, record, help, health."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import OperationalError
from django.urls import reverse

from footpath import __version__
from footpath.accounts.models import TrailLine
from tests import world as build


@pytest.fixture
def officer(client, world):
    client.force_login(world.officer.user)
    return client


def test_a_watcher_learns_that_pages_and_database_answer_without_signing_in(client, db):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "version": __version__}


def test_a_watcher_learns_that_the_database_is_gone(client, db, monkeypatch):
    class Gone:
        def cursor(self):
            raise OperationalError

    monkeypatch.setattr("footpath.web.views.furniture.connection", Gone())
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["database"]) == (503, "unreachable")


def test_search_engines_are_asked_to_stay_outside(client, db):
    assert client.get("/robots.txt").content == b"User-agent: *\nDisallow: /\n"


def test_a_chosen_language_holds_on_the_device_and_leads_back(client, db):
    here = reverse("web:help")
    answer = client.post(reverse("web:language"), {"language": "vi", "next": here})
    assert answer["Location"] == here
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "vi"
    assert client.get(here)["Content-Language"] == "vi"


def test_a_chosen_language_is_kept_with_the_user_for_the_next_device(officer, world):
    officer.post(reverse("web:language"), {"language": "ru"})
    officer.post(reverse("web:language"), {"language": "ru"})
    world.officer.user.refresh_from_db()
    assert world.officer.user.language == "ru"
    assert TrailLine.objects.filter(deed="accounts.language_chosen").count() == 1
    del officer.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert officer.get(reverse("web:help"))["Content-Language"] == "ru"


def test_a_language_that_there_is_not_changes_nothing(officer, world):
    officer.post(reverse("web:language"), {"language": "xx"})
    assert settings.LANGUAGE_COOKIE_NAME not in officer.cookies
    world.officer.user.refresh_from_db()
    assert world.officer.user.language == ""


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "", "javascript:1", "nowhere"]
)
@pytest.mark.parametrize("name", ["web:language", "web:theme"])
def test_nobody_is_led_to_another_site(client, db, name, elsewhere):
    answer = client.post(reverse(name), {"language": "vi", "theme": "dark", "next": elsewhere})
    assert answer["Location"] == reverse("web:home")


@pytest.mark.parametrize("name", ["web:language", "web:theme"])
def test_a_link_alone_changes_neither_language_nor_colours(client, db, name):
    assert client.get(reverse(name)).status_code == 405


def test_the_colour_scheme_is_chosen_on_the_device(officer):
    officer.post(reverse("web:theme"), {"theme": "dark"})
    assert 'data-bs-theme="dark"' in officer.get(reverse("web:help")).content.decode()
    officer.post(reverse("web:theme"), {"theme": "pink"})
    assert 'data-bs-theme="dark"' in officer.get(reverse("web:help")).content.decode()


def test_help_says_which_version_this_is_and_names_administrators_only_inside(client, world):
    outside = client.get(reverse("web:help")).content.decode()
    assert __version__ in outside
    assert world.administrator.name not in outside
    client.force_login(world.officer.user)
    assert world.administrator.name in client.get(reverse("web:help")).content.decode()


def test_the_menu_is_a_page_for_phones(officer):
    page = officer.get(reverse("web:menu")).content.decode()
    for name in ("cases:ledger", "meetings:list", "directory:places", "web:search", "web:help"):
        assert f'href="{reverse(name)}"' in page


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("member", ["Case"]),
        ("officer", ["Case", "Verification", "Attendance and minutes", "Meeting"]),
        ("head", ["Case", "Verification", "Attendance and minutes", "Somebody in charge"]),
        ("office", ["Case", "Verification", "Attendance and minutes", "Somebody in charge"]),
        ("auditor", ["Case"]),
        ("nobody", []),
    ],
)
def test_record_offers_at_most_four_things_by_post(client, world, who, offered):
    from footpath.web import selectors

    person = build.person("Nobody") if who == "nobody" else getattr(world, who)
    assert [offer.title for offer in selectors.record_offers(person)] == offered
    client.force_login(person.user)
    page = client.get(reverse("web:record")).content.decode()
    assert all(title in page for title in offered)
    assert ("Your posts record nothing" in page) is (not offered)


@pytest.mark.parametrize("name", ["home", "dashboard", "search", "record", "menu"])
def test_strangers_are_sent_to_sign_in(client, db, name):
    answer = client.get(reverse(f"web:{name}"))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("accounts:sign-in"))
