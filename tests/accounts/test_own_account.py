"""One's own sessions, password and keys, and what a signed-in request costs."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as configured
from django.db.models import F
from django.test import Client
from django.utils import timezone

from footpath.accounts import rules, selectors, services
from footpath.accounts.models import ApiToken, Session, TrailLine, User
from footpath.accounts.rules import Role
from footpath.core.errors import InvalidValue, NotThere
from footpath.directory.models import Membership, Post
from tests.world import LONG_AGO, NOON, PASSWORD, World, user

pytestmark = pytest.mark.django_db

SESSIONS = "/account/sessions/"
PASSWORD_PAGE = "/account/password/"
TOKENS = "/account/tokens/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0"


def signed_in(who: User, agent: str = "") -> Client:
    client = Client(headers={"user-agent": agent})
    answer = client.post("/account/sign-in/", {"login": who.username, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def key_of(client: Client) -> str:
    return client.cookies[configured.SESSION_COOKIE_NAME].value


def text_of(answer: Any) -> str:
    return answer.content.decode()


def deeds() -> list[str]:
    return list(TrailLine.objects.order_by("pk").values_list("deed", flat=True))


def others_of(client: Client) -> list[str]:
    """Return what stands for the other sessions on the page."""
    return re.findall(r'name="session" value="(\w+)"', text_of(client.get(SESSIONS)))


# --- sessions -------------------------------------------------------------------------------------


def test_open_sessions_are_listed_with_their_device_and_this_one_marked(world: World) -> None:
    mine = signed_in(world.officer.user, FIREFOX)
    signed_in(world.officer.user)
    signed_in(world.far.user)
    page = text_of(mine.get(SESSIONS))
    assert page.count("This session") == 1
    assert "Firefox, Linux" in page
    assert "Unknown device" in page
    assert len(others_of(mine)) == 1
    assert "127.0.0.1" in page


def test_no_page_shows_the_key_of_a_session(world: World) -> None:
    one, other = signed_in(world.officer.user), signed_in(world.officer.user)
    page = text_of(one.get(SESSIONS))
    assert key_of(one) not in page
    assert key_of(other) not in page


def test_an_ended_session_is_out_at_its_next_request(world: World) -> None:
    mine, other = signed_in(world.officer.user), signed_in(world.officer.user)
    assert other.get(SESSIONS).status_code == 200
    [wanted] = others_of(mine)
    assert mine.post("/account/sessions/end/", {"session": wanted}).url == SESSIONS
    assert other.get(SESSIONS).status_code == 302
    assert mine.get(SESSIONS).status_code == 200
    assert deeds()[-1] == "accounts.session_ended"


def test_nobody_ends_the_session_of_somebody_else(world: World) -> None:
    mine, far = signed_in(world.officer.user), signed_in(world.far.user)
    signed_in(world.officer.user)
    [wanted] = others_of(mine)
    assert far.post("/account/sessions/end/", {"session": wanted}).status_code == 404
    with pytest.raises(NotThere):
        services.end_session(
            user=world.far.user, session_key=key_of(mine), by=world.far.user, at=NOON
        )
    assert Session.objects.count() == 3


def test_all_other_sessions_end_at_once(world: World) -> None:
    mine, second, third = (signed_in(world.officer.user) for _n in range(3))
    far = signed_in(world.far.user)
    assert mine.post("/account/sessions/end-others/").url == SESSIONS
    assert [one.get(SESSIONS).status_code for one in (mine, second, third, far)] == [
        *(200, 302, 302, 200)
    ]
    assert deeds()[-1] == "accounts.sessions_ended"


def test_a_session_says_once_an_hour_that_it_is_in_use(
    world: World, django_assert_num_queries: Any
) -> None:
    client = signed_in(world.officer.user)
    client.get(SESSIONS)
    with django_assert_num_queries(3):
        client.get(SESSIONS)
    Session.objects.update(seen_at=F("seen_at") - timedelta(minutes=61))
    with django_assert_num_queries(4):
        client.get(SESSIONS)
    assert timezone.now() - Session.objects.get().seen_at < timedelta(minutes=1)
    with django_assert_num_queries(3):
        client.get(SESSIONS)


def test_a_session_keeps_the_moment_it_was_opened(world: World) -> None:
    client = signed_in(world.officer.user)
    started = Session.objects.get().started_at
    session = client.session
    session["something"] = "else"
    session.save()
    assert Session.objects.get().started_at == started


@pytest.mark.parametrize("path", [SESSIONS, PASSWORD_PAGE, TOKENS])
def test_a_user_without_a_post_still_has_an_account(client: Client, path: str) -> None:
    client.force_login(user("without"))
    assert client.get(path).status_code == 200
    assert client.get("/account/trail/").status_code == 403


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("", ""),
        ("curl/8.5", ""),
        (FIREFOX, "Firefox, Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) Version/17.4 Safari/604.1",
            "Safari, iPhone",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) Chrome/124.0.0.0 Safari/537.36 Edg/124.0.0.0",
            "Edge, Windows",
        ),
    ],
)
def test_a_device_is_named_by_browser_and_system(agent: str, device: str) -> None:
    assert rules.device_of(agent) == device


# --- who is asking --------------------------------------------------------------------------------


@pytest.mark.parametrize("sessions", [1, 3])
def test_a_signed_in_request_costs_one_query_to_know_who_is_asking(
    world: World, sessions: int, django_assert_num_queries: Any
) -> None:
    for _n in range(sessions):
        client = signed_in(world.officer.user)
    client.get(SESSIONS)
    with django_assert_num_queries(3):  # who is asking; the list itself; the bell
        client.get(SESSIONS)


def test_a_page_without_a_question_of_who_is_asking_costs_none(
    world: World, client: Client, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        client.get("/account/sign-in/")


def test_a_changed_post_counts_at_the_next_request(world: World) -> None:
    client = signed_in(world.member.user)
    assert client.get("/account/trail/").status_code == 404
    post = Post.objects.create(
        organization=world.district_office, title="Second auditor", role=Role.AUDITOR
    )
    Membership.objects.create(
        person=world.member, organization=world.district_office, post=post, start=LONG_AGO
    )
    assert client.get("/account/trail/").status_code == 404  # known until it is said otherwise
    services.scope_changed([world.member.user_id, None])
    assert client.get("/account/trail/").status_code == 200


def test_people_known_to_a_process_are_not_kept_without_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "_MOST_KNOWN", 2)
    for who in (world.officer, world.second, world.far):
        assert selectors.person_behind(who.user) == who
    assert len(selectors._known) == 1


# --- the password ---------------------------------------------------------------------------------

NEW = "a quite different battery"


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(world: World) -> None:
    mine, other = signed_in(world.officer.user), signed_in(world.officer.user)
    before = key_of(mine)
    assert mine.post(PASSWORD_PAGE, {"old": PASSWORD, "new": NEW}).url == SESSIONS
    assert mine.get(SESSIONS).status_code == 200
    assert other.get(SESSIONS).status_code == 302
    assert key_of(mine) != before
    assert Session.objects.count() == 1
    assert deeds()[-1] == "accounts.password_changed"
    assert User.objects.get(pk=world.officer.user.pk).check_password(NEW)


def test_a_session_whose_row_survives_a_changed_password_is_out_too(world: World) -> None:
    client = signed_in(world.officer.user)
    who = world.officer.user
    who.set_password(NEW)
    who.save()
    assert client.get(SESSIONS).status_code == 302
    assert not Session.objects.exists()


def test_a_wrong_present_password_is_refused_and_leaves_a_line(world: World) -> None:
    client = signed_in(world.officer.user)
    answer = client.post(PASSWORD_PAGE, {"old": "wrong", "new": NEW})
    assert answer.status_code == 422
    assert "This is not your present password." in text_of(answer)
    assert deeds()[-1] == "accounts.password_change_refused"
    assert User.objects.get(pk=world.officer.user.pk).check_password(PASSWORD)


def test_a_weak_new_password_is_refused(world: World) -> None:
    client = signed_in(world.officer.user)
    answer = client.post(PASSWORD_PAGE, {"old": PASSWORD, "new": "1234567890"})
    assert answer.status_code == 422
    assert "entirely numeric" in text_of(answer)
    assert User.objects.get(pk=world.officer.user.pk).check_password(PASSWORD)


def test_guessing_the_present_password_is_slowed_down(world: World) -> None:
    client = signed_in(world.officer.user)
    for _attempt in range(5):
        assert client.post(PASSWORD_PAGE, {"old": "wrong", "new": NEW}).status_code == 422
    assert client.post(PASSWORD_PAGE, {"old": PASSWORD, "new": NEW}).status_code == 429


# --- keys of the API ------------------------------------------------------------------------------


def test_a_key_is_shown_once_and_kept_as_a_digest(world: World) -> None:
    client = signed_in(world.officer.user)
    page = text_of(client.post(TOKENS, {"name": "  the   report "}))
    [shown] = re.findall(r'value="(fp_[\w-]+)"', page)
    row = ApiToken.objects.get()
    assert (row.name, row.digest) == ("the report", rules.token_digest(shown))
    again = text_of(client.get(TOKENS))
    assert shown not in again
    assert "the report" in again
    assert deeds()[-1] == "accounts.token_created"


def test_a_key_needs_a_name(world: World) -> None:
    client = signed_in(world.officer.user)
    assert client.post(TOKENS, {"name": " "}).status_code == 422
    with pytest.raises(InvalidValue):
        services.create_api_token(user=world.officer.user, name="x" * 81, by=world.officer, at=NOON)
    assert not ApiToken.objects.exists()


def test_a_revoked_key_is_gone_and_nobody_revokes_another_s(world: World) -> None:
    services.create_api_token(user=world.officer.user, name="mine", by=world.officer, at=NOON)
    key = ApiToken.objects.get()
    far, mine = signed_in(world.far.user), signed_in(world.officer.user)
    assert far.post(f"{TOKENS}{key.pk}/revoke/").status_code == 404
    assert mine.post(f"{TOKENS}{key.pk}/revoke/").url == TOKENS
    assert mine.post(f"{TOKENS}{key.pk}/revoke/").status_code == 404
    assert selectors.tokens_of(world.officer.user) == []
    assert deeds()[-1] == "accounts.token_revoked"


@pytest.mark.parametrize(
    "path",
    ["sessions/end/", "sessions/end-others/", "tokens/1/revoke/", "trail/check/"],
)
def test_deeds_are_posted(world: World, path: str) -> None:
    assert signed_in(world.officer.user).get(f"/account/{path}").status_code == 405
    assert Client().post(f"/account/{path}").status_code == 302
