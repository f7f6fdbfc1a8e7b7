"""Tokens of the Question Corner: four for each account and month, signed and not seen."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection, connections, models
from django.test import Client

from footpath.accounts import corner, services
from footpath.accounts.models import Session, TokenIssue, TrailLine, User
from footpath.secrecy import blind
from footpath.secrecy.blind.keys import private_key
from footpath.secrecy.encoding import b64, unb64
from tests.accounts.drawing import REFUSED, Member, draw, opened, pem, public, this_month
from tests.world import World, person, user

pytestmark = pytest.mark.django_db

MARCH = datetime(2026, 3, 10, 5, 0, tzinfo=UTC)
APRIL = datetime(2026, 4, 2, 5, 0, tzinfo=UTC)
MAY = datetime(2026, 5, 2, 5, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    """Return the Corner's folder of this test, empty."""
    settings.CORNER_DIR = tmp_path / "corner"
    return settings.CORNER_DIR


def issued(who: User, member: Member, at: datetime = MARCH) -> list[str]:
    return services.issue_tokens(by=who, epoch=member.epoch, blinded=member.blinded, at=at)


def refused(who: User, epoch: object, blinded: object, at: datetime = MARCH) -> bool:
    try:
        services.issue_tokens(by=who, epoch=epoch, blinded=blinded, at=at)
    except services.Refused:
        return True
    return False


def kept() -> list[tuple[int, str, str]]:
    return list(TokenIssue.objects.values_list("account_id", "epoch", "request"))


# --- what is signed -------------------------------------------------------------------------------


def test_four_tokens_are_signed_and_each_is_an_ordinary_signature_of_the_published_key(
    folder: Path,
) -> None:
    opened(folder, "2026-03")
    member = Member("2026-03")
    signatures = member.finished(issued(user("lan"), member))
    assert len(signatures) == 4
    for token, signature in zip(member.tokens, signatures, strict=True):
        blind.verify(token, signature, public())


def test_whatever_was_signed_may_belong_to_anybody(folder: Path) -> None:
    """Each answer and each spent token fit together by some blinding: the values tell nothing."""
    opened(folder, "2026-03")
    n, e = public().n, public().e
    pairs = []
    for number in range(3):
        member = Member("2026-03")
        answers = issued(user(f"member{number}"), member)
        pairs += list(zip(member.blinded, answers, member.finished(answers), strict=True))
    for sent, answered, _own in pairs:
        for _sent, _answered, signature in pairs:
            factor = int.from_bytes(unb64(answered)) * pow(int.from_bytes(signature), -1, n) % n
            hidden = pow(int.from_bytes(signature), e, n) * pow(factor, e, n) % n
            assert hidden == int.from_bytes(unb64(sent))


def test_the_same_request_gets_the_same_answer_and_another_none(folder: Path) -> None:
    opened(folder, "2026-03")
    who, member = user("lan"), Member("2026-03")
    first = issued(who, member)
    assert issued(who, member) == first
    assert refused(who, "2026-03", Member("2026-03").blinded)
    assert refused(who, "2026-03", member.blinded[::-1])
    assert issued(who, member) == first
    assert len(kept()) == 1


def test_a_lost_answer_is_given_again_in_the_month_after_and_not_later(folder: Path) -> None:
    opened(folder, "2026-03", "2026-04")
    who, member = user("lan"), Member("2026-03")
    first = issued(who, member)
    assert issued(who, member, APRIL) == first
    assert refused(who, "2026-03", Member("2026-03").blinded, APRIL)
    assert refused(user("far"), "2026-03", Member("2026-03").blinded, APRIL)
    assert refused(who, "2026-03", member.blinded, MAY)


def test_the_month_begins_at_midnight_where_the_organisation_is(folder: Path) -> None:
    opened(folder, "2026-03", "2026-04")
    evening = datetime(2026, 3, 31, 16, 59, tzinfo=UTC)  # 23:59 in Bến Tre
    assert refused(user("lan"), "2026-04", Member("2026-04", key=public(1)).blinded, evening)
    midnight = evening + timedelta(minutes=1)
    assert issued(user("minh"), Member("2026-04", key=public(1)), midnight)


@pytest.mark.parametrize(
    "epoch",
    ["2026-02", "2026-04", "2026-3", "2026-13", "", "2026-03\n", " 2026-03", None, 3, ["2026-03"]],
)
def test_another_month_is_refused(folder: Path, epoch: object) -> None:
    opened(folder, "2026-02", "2026-03", "2026-04")
    assert refused(user("lan"), epoch, Member("2026-03").blinded)
    assert kept() == []


def test_a_month_without_a_key_is_refused() -> None:
    assert refused(user("lan"), "2026-03", Member("2026-03").blinded)
    assert kept() == []


def test_an_account_that_may_not_sign_in_draws_nothing_not_even_again(folder: Path) -> None:
    opened(folder, "2026-03", "2026-04")
    who, member = user("lan"), Member("2026-03")
    issued(who, member)
    other = user("minh")
    User.objects.filter(pk__in=[who.pk, other.pk]).update(is_active=False)
    assert refused(who, "2026-03", member.blinded)
    assert refused(who, "2026-03", member.blinded, APRIL)
    assert refused(other, "2026-03", Member("2026-03").blinded)
    assert len(kept()) == 1


def broken(values: list[str], number: int, value: object) -> list[object]:
    return [*values[:number], value, *values[number + 1 :]]


def sized(number: int) -> str:
    return b64(number.to_bytes(384))


@pytest.mark.parametrize("place", [0, 3])
@pytest.mark.parametrize(
    "value",
    [
        "",
        "AA",
        b64(bytes(383)),
        b64(b"\x01" * 385),
        sized(0),
        sized(1),
        "n-1",
        "n",
        "n+5",
        "p",
        "=",
        "padded",
        "spaces",
        "not ascii é",
        None,
        7,
        ["AA"],
    ],
)
def test_one_malformed_value_refuses_all_and_costs_the_month_nothing(
    folder: Path, value: Any, place: int
) -> None:
    opened(folder, "2026-03")
    who, member = user("lan"), Member("2026-03")
    good, n = member.blinded, public().n
    named = {"n-1": sized(n - 1), "n": sized(n), "n+5": sized(n + 5)}
    if value == "p":
        value = sized(private_key(pem()).private_numbers().p * 3)
    elif value == "padded":
        value = good[place] + "="
    elif value == "spaces":
        value = f" {good[place]}"
    wrong = broken(good, place, named.get(value, value) if isinstance(value, str) else value)
    assert refused(who, "2026-03", wrong)
    assert kept() == []
    assert issued(who, member)


@pytest.mark.parametrize("count", [0, 1, 3, 5])
def test_more_or_fewer_than_four_are_refused(folder: Path, count: int) -> None:
    opened(folder, "2026-03")
    values = (Member("2026-03").blinded * 2)[:count]
    assert refused(user("lan"), "2026-03", values)
    assert refused(user("minh"), "2026-03", dict.fromkeys(values))
    assert kept() == []


def test_a_fault_of_the_machine_lets_no_signature_out_and_the_same_request_may_come_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    opened(folder, "2026-03")
    who, member = user("lan"), Member("2026-03")

    class Faulty:
        def power(self, number: bytes) -> bytes:
            return number[:-1] + bytes([number[-1] ^ 1])

    broken_signer = blind.Signer(pem(), Faulty())
    monkeypatch.setattr(corner, "signer", lambda _epoch: broken_signer)
    assert refused(who, "2026-03", member.blinded)
    assert "thrown away" in caplog.text
    assert member.blinded[0] not in caplog.text
    monkeypatch.undo()
    assert member.finished(issued(who, member))


# --- what is kept ---------------------------------------------------------------------------------


def test_of_a_draw_the_account_the_month_and_a_digest_are_kept_and_nothing_else(
    folder: Path,
) -> None:
    opened(folder, "2026-03")
    who, member = user("lan"), Member("2026-03")
    before = (TrailLine.objects.count(), Session.objects.count())
    issued(who, member)
    digest = services.issuing.digest_of("2026-03", [unb64(value) for value in member.blinded])
    assert kept() == [(who.pk, "2026-03", digest)]
    assert (TrailLine.objects.count(), Session.objects.count()) == before
    assert [field.name for field in TokenIssue._meta.get_fields()] == [
        "pk",
        "account",
        "epoch",
        "request",
    ]
    timed = (models.DateField, models.TimeField, models.DurationField, models.AutoField)
    assert not any(isinstance(field, timed) for field in TokenIssue._meta.get_fields())


def test_the_table_has_no_hidden_number_and_no_order_of_arrival_on_sqlite() -> None:
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'accounts_tokenissue'")
        (made,) = cursor.fetchone()
    assert made.endswith("WITHOUT ROWID")
    assert "AUTOINCREMENT" not in made


@pytest.mark.django_db(transaction=True)
def test_of_fifty_draws_of_one_account_at_once_one_request_wins(folder: Path) -> None:
    opened(folder, "2026-03")
    who = user("lan")
    requests = [Member("2026-03") for _ in range(5)] * 10
    start = threading.Barrier(50, timeout=60)

    def one(member: Member) -> tuple[int, list[str]] | None:
        start.wait()
        try:
            return id(member), issued(who, member)
        except services.Refused:
            return None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(50) as pool:
        answers = [answer for answer in pool.map(one, requests) if answer is not None]
    assert len(answers) == 10  # the one request, each time it came
    assert len({winner for winner, _signatures in answers}) == 1
    assert len({tuple(signatures) for _winner, signatures in answers}) == 1
    assert len(kept()) == 1


# --- what runs out, and what the Corner is told ---------------------------------------------------


def test_what_can_no_longer_be_spent_is_forgotten_and_its_key_destroyed(folder: Path) -> None:
    files = opened(folder, "2026-02", "2026-03", "2026-04")
    who = user("lan")
    for month, number in (("2026-02", 0), ("2026-03", 1)):
        services.issue_tokens(
            by=who,
            epoch=month,
            blinded=Member(month, key=public(number)).blinded,
            at=datetime(2026, int(month[5:]), 10, tzinfo=UTC),
        )
    services.keep_corner(datetime(2026, 3, 31, 16, 0, tzinfo=UTC))
    assert files.epochs_with_key() == ["2026-02", "2026-03", "2026-04"]
    assert files.drawn() == {"2026-02": 1, "2026-03": 1}
    services.keep_corner(datetime(2026, 3, 31, 17, 0, tzinfo=UTC))  # 1 April in Bến Tre
    assert files.epochs_with_key() == ["2026-03", "2026-04"]
    assert files.drawn() == {"2026-03": 1}
    assert [row[1] for row in kept()] == ["2026-03"]
    assert len(files.notice()["entries"]) == 3


@pytest.mark.django_db(transaction=True)
def test_the_gate_opens_when_enough_have_drawn_and_the_count_is_told_once_a_day_otherwise(
    folder: Path, settings: LazySettings
) -> None:
    settings.CORNER_LEAST = 3
    files = opened(folder, "2026-03")
    told = []
    for number in range(5):
        issued(user(f"member{number}"), Member("2026-03"))
        told.append(files.drawn())
    assert told == [{}, {}, {"2026-03": 3}, {"2026-03": 3}, {"2026-03": 3}]
    services.keep_corner(MARCH)
    assert files.drawn() == {"2026-03": 5}


# --- over the wire --------------------------------------------------------------------------------


def test_a_browser_draws_and_what_comes_back_is_kept_by_no_cache(
    folder: Path, client: Client, world: World
) -> None:
    opened(folder)
    client.force_login(world.officer.user)
    member = Member(this_month())
    answer = draw(client, member.asked)
    assert answer.status_code == 200
    said = json.loads(answer.content)
    assert said["epoch"] == this_month()
    assert member.finished(said["signatures"])
    assert "no-store" in answer["Cache-Control"]
    assert draw(client, member.asked).content == answer.content


def told(answer: Any) -> tuple[Any, ...]:
    """Return all that an answer says but the date."""
    headers = {name: value for name, value in answer.headers.items() if name != "Expires"}
    return answer.status_code, answer.content, headers


def test_every_refusal_looks_the_same_to_the_byte(
    folder: Path, client: Client, world: World
) -> None:
    opened(folder, this_month().after(-1), this_month(), this_month().after(1))
    mine = Member(this_month(), key=public(1))
    client.force_login(world.officer.user)
    assert draw(client, mine.asked).status_code == 200
    shut = Client()
    shut.force_login(world.far.user)
    User.objects.filter(pk=world.far.user_id).update(is_active=False)
    postless = Client()
    postless.force_login(user("nobody"))
    good = Member(this_month(), key=public(1)).asked
    answers = [
        draw(client, good),  # a second request of the month
        draw(client, {**mine.asked, "epoch": str(this_month().after(1))}),
        draw(client, {**mine.asked, "epoch": str(this_month().after(-1))}),
        draw(client, {**mine.asked, "epoch": "1999-01"}),
        draw(client, {**mine.asked, "epoch": 5}),
        draw(client, {**mine.asked, "blinded": mine.blinded[:3]}),
        draw(client, {**mine.asked, "blinded": [*mine.blinded[:3], "AA"]}),
        draw(client, []),
        draw(client, "null"),
        draw(client, "{"),
        draw(client, b"\xff\xfe"),
        draw(client, "[" * 4000),
        draw(client, " " * 100_000),
        client.post("/corner/tokens/", mine.asked),  # a form
        draw(Client(), good),  # nobody signed in
        draw(shut, good),
        draw(postless, good),
    ]
    assert {told(answer)[:2] for answer in answers} == {(403, REFUSED)}
    first = told(answers[0])
    assert [told(answer) for answer in answers] == [first] * len(answers)
    assert TokenIssue.objects.count() == 1


def test_a_page_of_another_site_cannot_draw(folder: Path, world: World) -> None:
    opened(folder)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.officer.user)
    assert draw(strict, Member(this_month()).asked).status_code == 403
    assert TokenIssue.objects.count() == 0
    strict.get("/corner/")
    token = strict.cookies["footpath_csrf"].value
    asked = Member(this_month()).asked
    assert draw(strict, asked, **{"x-csrftoken": token}).status_code == 200


def test_without_a_corner_nobody_draws(
    folder: Path, settings: LazySettings, client: Client, world: World
) -> None:
    opened(folder)
    settings.CORNER_URL = ""
    client.force_login(world.officer.user)
    assert told(draw(client, Member(this_month()).asked))[:2] == (403, REFUSED)


# --- what pages know of it ------------------------------------------------------------------------


def test_pages_ask_a_browser_to_draw_until_it_has_and_pay_no_query_for_it(
    folder: Path, client: Client, world: World, django_assert_num_queries: Any
) -> None:
    client.force_login(world.officer.user)
    client.get("/account/password/")
    with django_assert_num_queries(2):
        page = client.get("/account/password/").content.decode()
    assert "corner-draw.js" not in page
    opened(folder)
    with django_assert_num_queries(2):
        page = client.get("/account/password/").content.decode()
    assert f'data-draw="{this_month()}"' in page
    draw(client, Member(this_month()).asked)
    with django_assert_num_queries(2):
        page = client.get("/account/password/").content.decode()
    assert 'data-draw=""' in page
    again = Client()  # another device, on which nothing is left to draw
    again.force_login(world.officer.user)
    assert 'data-draw=""' in again.get("/account/password/").content.decode()


def test_a_browser_that_came_second_is_not_asked_to_draw_again(
    folder: Path, client: Client, world: World
) -> None:
    opened(folder)
    second = Client()
    for one in (client, second):
        one.force_login(world.officer.user)
    draw(client, Member(this_month()).asked)
    assert f'data-draw="{this_month()}"' in second.get("/account/password/").content.decode()
    assert draw(second, Member(this_month()).asked).status_code == 403
    assert 'data-draw=""' in second.get("/account/password/").content.decode()


def test_the_mark_of_a_member_tells_members_apart_on_one_device_and_no_more(
    folder: Path, world: World
) -> None:
    opened(folder)
    marks = []
    for one in (world.officer, world.far, world.officer):
        browser = Client()
        browser.force_login(one.user)
        page = browser.get("/account/password/").content.decode()
        marks.append(page.partition('data-member="')[2].partition('"')[0])
    assert marks[0] == marks[2] != marks[1]
    assert {len(mark) for mark in marks} == {16}


def test_a_draw_costs_the_same_whoever_has_drawn_before(
    folder: Path, world: World, django_assert_max_num_queries: Any
) -> None:
    opened(folder)
    for name in ("Minh", "Hoa", "Tuấn"):
        browser = Client()
        browser.force_login(person(name).user)
        with django_assert_max_num_queries(14):
            draw(browser, Member(this_month()).asked)
