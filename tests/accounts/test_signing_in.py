"""Signing in and out: one door, counted attempts, and nobody learns which names exist."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from footpath.accounts.models import Session, TrailLine, User
from tests.world import PASSWORD, World, user

pytestmark = pytest.mark.django_db

SIGN_IN = "/account/sign-in/"
HOME = "/"
CHROME = "Mozilla/5.0 (Linux; Android 14; SM-A155F) Chrome/124.0.0.0 Mobile Safari/537.36"


def sign_in(client: Client, name: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post(SIGN_IN, {"login": name, "password": password}, **more)


def deeds() -> list[str]:
    return list(TrailLine.objects.order_by("pk").values_list("deed", flat=True))


def test_the_names_that_others_reverse_lead_to_the_same_door() -> None:
    assert reverse("accounts:sign-in") == reverse("account_login") == SIGN_IN
    assert reverse("accounts:sign-out") == reverse("account_logout")
    assert reverse("accounts:password") == reverse("account_change_password")


def test_a_user_signs_in_and_is_led_where_they_wanted_to_go(client: Client, world: World) -> None:
    page = client.get("/account/sessions/")
    assert page.url == f"{SIGN_IN}?next=/account/sessions/"
    form = client.get(page.url).content.decode()
    assert 'name="next" value="/account/sessions/"' in form
    name = world.officer.user.username
    answer = client.post(
        SIGN_IN, {"login": name, "password": PASSWORD, "next": "/account/sessions/"}
    )
    assert (answer.status_code, answer.url) == (302, "/account/sessions/")
    assert client.get(answer.url).status_code == 200


def test_a_name_may_be_typed_in_capitals_and_leads_home(client: Client) -> None:
    user("mai")
    answer = sign_in(client, " MAI ")
    assert (answer.status_code, answer.url) == (302, HOME)


def test_nobody_is_led_to_another_site(client: Client, world: World) -> None:
    answer = client.post(
        SIGN_IN,
        {
            "login": world.officer.user.username,
            "password": PASSWORD,
            "next": "https://elsewhere.example/",
        },
    )
    assert answer.url == HOME


def test_a_signed_in_user_does_not_see_the_form_again(client: Client, world: World) -> None:
    client.force_login(world.officer.user)
    assert client.get(SIGN_IN).url == HOME


def text_of(answer: Any) -> str:
    """Return the page without what differs from request to request."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    return re.sub(r'name="login" value="[^"]*"', "", text)


def test_a_wrong_password_and_a_wrong_name_look_the_same(world: World) -> None:
    known = world.officer.user
    closed = user("closed")
    User.objects.filter(pk=closed.pk).update(is_active=False)
    answers = [
        sign_in(Client(), known.username, "wrong"),
        sign_in(Client(), "nobody-of-this-name", "wrong"),
        sign_in(Client(), "closed", PASSWORD),
    ]
    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert text_of(answers[0]) == text_of(answers[1]) == text_of(answers[2])
    assert "do not go together" in text_of(answers[0])


@pytest.mark.parametrize("name", ["known", "unknown"])
def test_the_sixth_failure_for_one_name_is_slowed_down(name: str) -> None:
    user("known")
    for _attempt in range(5):
        assert sign_in(Client(), name, "wrong").status_code == 422
    answer = sign_in(Client(REMOTE_ADDR="203.0.113.9"), name, "wrong")
    assert answer.status_code == 429
    assert "Too many attempts" in answer.content.decode()
    assert sign_in(Client(), name, PASSWORD).status_code == 429  # not even with the right one
    assert TrailLine.objects.count() == 0


def test_all_ways_to_write_one_name_are_counted_together() -> None:
    user("simsi")
    for name in ("simsi", "SIMSI", "\u017fimsi", "sim\u017fi", "s\u0131msi"):  # long s, dotless i
        assert sign_in(Client(), name, "wrong").status_code == 422
    assert sign_in(Client(REMOTE_ADDR="203.0.113.9"), "\uff33imsi", "wrong").status_code == 429


def test_failures_from_one_address_are_slowed_down_whatever_the_names() -> None:
    for attempt in range(10):
        assert sign_in(Client(), f"name{attempt}", "wrong").status_code == 422
    assert sign_in(Client(), "another", "wrong").status_code == 429
    assert sign_in(Client(REMOTE_ADDR="203.0.113.9"), "another", "wrong").status_code == 422


def test_attempts_are_counted_where_every_process_sees_them() -> None:
    sign_in(Client(), "anybody", "wrong")
    assert configured.CACHES["default"]["BACKEND"].endswith("DatabaseCache")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM footpath_cache")
        assert cursor.fetchone()[0] >= 2
    cache.clear()


@pytest.mark.parametrize("language", ["en", "vi", "zh-hans", "ru"])
def test_the_slowed_down_page_has_our_look_in_every_language(language: str, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "1/m/ip"}
    client = Client(headers={"accept-language": language})
    sign_in(client, "anybody", "wrong")
    answer = sign_in(client, "anybody", "wrong")
    assert answer.status_code == 429
    assert f'<html lang="{language}"' in answer.content.decode()
    assert 'class="fp-shell fp-shell-bare"' in answer.content.decode()


def test_a_good_sign_in_leaves_a_line_and_says_where_the_session_was_opened(
    client: Client, world: World
) -> None:
    who = world.officer.user
    sign_in(client, who.username, headers={"user-agent": CHROME}, REMOTE_ADDR="203.0.113.5")
    row = Session.objects.get()
    assert (row.user, row.address, row.agent) == (who, "203.0.113.5", CHROME)
    line = TrailLine.objects.get(deed="accounts.signed_in")
    assert (line.subject, line.actor) == (f"accounts.user:{who.pk}", f"user:{who.pk}")


def test_an_address_that_is_none_is_not_kept(client: Client, world: World) -> None:
    sign_in(client, world.officer.user.username, REMOTE_ADDR="unix:")
    assert [row.address for row in Session.objects.all()] in ([None], [])


def test_a_failed_sign_in_is_logged_by_address_and_not_by_name(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="footpath.accounts.signals"):
        sign_in(client, "my-secret-typed-in-the-wrong-box", "wrong")
    ours = [entry.message for entry in caplog.records if entry.name.startswith("footpath.")]
    assert ours == ["failed sign-in from 127.0.0.1"]
    assert "my-secret" not in caplog.text
    assert deeds() == []


def test_signing_in_changes_the_key_of_the_session(client: Client, world: World) -> None:
    session = client.session
    session["planted"] = "by somebody who knows the key"
    session.save()
    client.cookies[configured.SESSION_COOKIE_NAME] = session.session_key
    sign_in(client, world.officer.user.username)
    assert client.cookies[configured.SESSION_COOKIE_NAME].value != session.session_key
    assert not Session.objects.filter(session_key=session.session_key).exists()


def test_signing_up_is_closed(client: Client) -> None:
    assert client.get("/account/signup/").status_code == 404
    assert client.get("/account/sign-up/").status_code == 404


def test_signing_out_asks_first_and_then_ends_the_session(client: Client, world: World) -> None:
    client.force_login(world.officer.user)
    assert client.get("/account/sign-out/").status_code == 200
    assert Session.objects.count() == 1
    answer = client.post("/account/sign-out/")
    assert (answer.status_code, answer.url) == (302, SIGN_IN)
    assert Session.objects.count() == 0
    assert deeds() == ["accounts.signed_in", "accounts.signed_out"]
    assert client.get("/account/sessions/").status_code == 302


def test_signing_out_without_a_session_leads_to_the_door(client: Client) -> None:
    assert client.get("/account/sign-out/").url == SIGN_IN
    assert client.post("/account/sign-out/").url == SIGN_IN
    assert deeds() == []


def test_signing_out_needs_a_form_of_ours(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.officer.user)
    assert client.post("/account/sign-out/").status_code == 403


def test_the_administration_site_has_no_door_of_its_own(client: Client, world: World) -> None:
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0] == f"{SIGN_IN}?next=%2Fadmin%2F"
    client.force_login(world.officer.user)
    assert client.get("/admin/", follow=True).status_code == 404
    client.force_login(world.administrator.user)
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/password_change/").url == "/account/password/"
    assert client.post("/admin/logout/").url == "/account/sign-out/"


def test_behind_a_proxy_the_address_that_it_names_counts(settings: Any, world: World) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    client = Client(headers={"x-forwarded-for": "198.51.100.1, 203.0.113.77"})
    sign_in(client, world.officer.user.username)
    assert Session.objects.get().address == "203.0.113.77"
