"""What goes where and when: urgent things at once, the rest in one digest a day."""

from __future__ import annotations

import threading
from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from footpath.notifications.models import Channel, Delivery, Notice, Preferences
from footpath.notifications.services import plan_due
from tests.notifications.told import NOON, Told, at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _with_server(settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:9?tls=no"


def planned() -> list[tuple[bool, datetime, list[int]]]:
    return [
        (one.is_digest, one.due_at, sorted(one.notices.values_list("pk", flat=True)))
        for one in Delivery.objects.order_by("pk")
    ]


def prefer(told: Told, **values: object) -> None:
    Preferences.objects.update_or_create(user=told.user, defaults={"digest_at": time(7), **values})


def test_an_urgent_notice_goes_to_each_channel_at_once_and_only_once() -> None:
    told = Told()
    Channel.objects.create(
        user=told.user, kind="webhook", address="https://example.org/s3cret", created_at=NOON
    )
    notice = told.hears("test.urgent")
    assert (plan_due(at=NOON), plan_due(at=NOON), plan_due(at=at(12, 8))) == (2, 0, 0)
    assert planned() == [(False, NOON, [notice.pk])] * 2
    assert list(Delivery.objects.order_by("pk").values_list("kind", "address")) == [
        ("email", f"{told.user.username}@example.org"),
        ("webhook", "https://example.org/…"),
    ]


def test_an_urgent_notice_in_quiet_hours_waits_for_their_end() -> None:
    told = Told()
    prefer(told, quiet_from=time(21), quiet_until=time(6))
    notice = told.hears("test.urgent", at(10, 22))
    plan_due(at=at(10, 22))
    assert planned() == [(False, at(11, 6), [notice.pk])]


def test_everything_else_waits_for_the_digest_of_the_day() -> None:
    told = Told()
    early = told.hears(when=at(10, 8))
    late = told.hears(when=at(10, 23))
    assert plan_due(at=at(11, 6, 59)) == 0
    assert plan_due(at=at(11, 7)) == 1
    assert planned() == [(True, at(11, 7), [early.pk, late.pk])]


def test_there_is_one_digest_a_day_even_when_the_hour_is_changed() -> None:
    told = Told()
    told.hears(when=at(10, 23))
    plan_due(at=at(11, 7))
    told.hears(when=at(11, 8))
    prefer(told, digest_at=time(9))
    assert plan_due(at=at(11, 10)) == 0
    assert plan_due(at=at(12, 8)) == 0
    assert plan_due(at=at(12, 9)) == 1


def test_a_digest_missed_while_no_worker_ran_comes_once_and_takes_all_along() -> None:
    told = Told()
    notices = [told.hears(when=at(day, 8)).pk for day in (5, 6, 9)]
    assert (plan_due(at=at(9, 12)), plan_due(at=at(9, 13))) == (1, 0)
    assert planned() == [(True, at(9, 12), notices)]


def test_the_digest_comes_on_the_chosen_days_only() -> None:
    told = Told()
    prefer(told, digest_days=[0])  # Mondays
    told.hears(when=at(10, 8))
    assert plan_due(at=at(15, 12)) == 0
    assert plan_due(at=at(16, 7)) == 1


def test_a_digest_in_quiet_hours_waits_for_their_end() -> None:
    told = Told()
    prefer(told, quiet_from=time(21), quiet_until=time(8))
    told.hears(when=at(10, 8))
    plan_due(at=at(11, 7, 1))
    assert planned()[0][1] == at(11, 8)


def test_muted_kinds_go_to_no_channel() -> None:
    told = Told()
    prefer(told, muted=["test.urgent", "test.calm"])
    told.hears("test.urgent")
    told.hears()
    assert plan_due(at=at(11, 8)) == 0
    assert not Notice.objects.filter(planned_at=None).exists()


def test_what_was_read_in_the_interface_is_not_sent() -> None:
    told = Told()
    for kind in ("test.urgent", "test.calm"):
        Notice.objects.filter(pk=told.hears(kind).pk).update(read_at=NOON)
    kept = told.hears()
    assert plan_due(at=at(11, 8)) == 1
    assert planned()[0][2] == [kept.pk]


def test_a_channel_that_is_not_confirmed_gets_nothing() -> None:
    told = Told()
    Channel.objects.filter(pk=told.channel.pk).update(is_active=False)
    told.hears("test.urgent")
    assert plan_due(at=NOON) == 0


def test_without_a_mail_server_no_mail_is_planned(settings: Settings) -> None:
    settings.EMAIL_URL = ""
    told = Told()
    Channel.objects.create(
        user=told.user, kind="webhook", address="https://example.org/x", created_at=NOON
    )
    told.hears("test.urgent")
    assert plan_due(at=NOON) == 1
    assert Delivery.objects.get().kind == "webhook"


def test_a_user_without_a_channel_reads_in_the_interface_only() -> None:
    told = Told()
    told.channel.delete()
    told.hears("test.urgent")
    told.hears()
    assert plan_due(at=at(11, 8)) == 0
    assert not Notice.objects.filter(planned_at=None).exists()


def test_with_nothing_due_planning_only_reads() -> None:
    told = Told()
    prefer(told)
    told.hears(when=at(10, 8))
    plan_due(at=at(11, 8))
    told.hears(when=at(11, 9))
    prefer(told, digest_at=time(10))  # a digest would be due, but there was one today
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert plan_due(at=at(11, 11)) == 0
    assert asked.captured_queries
    assert all(query["sql"].startswith("SELECT") for query in asked.captured_queries)


@pytest.mark.parametrize("number", [1, 3])
def test_many_users_are_planned_with_the_same_queries(number: int) -> None:
    for _one in range(number):
        told = Told()
        prefer(told)
        told.hears("test.urgent")
        told.hears()
    with CaptureQueriesContext(connection) as asked:
        assert plan_due(at=at(11, 8)) == 2 * number
    assert len(asked) <= 22


def test_more_users_than_are_planned_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("footpath.notifications.services.planning.USERS_AT_ONCE", 2)
    for _one in range(5):
        Told().hears("test.urgent")
    assert plan_due(at=NOON) == 5


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_plan_each_delivery_once() -> None:
    for _one in range(4):
        told = Told()
        told.hears("test.urgent")
        told.hears()
    together = threading.Barrier(3)
    made: list[int] = []

    def schedule() -> None:
        together.wait()
        made.append(plan_due(at=at(11, 8)))
        connection.close()

    threads = [threading.Thread(target=schedule) for _n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sum(made), Delivery.objects.count()) == (8, 8)
    assert Delivery.notices.through._default_manager.count() == 8


def test_the_outbox_is_told_once_however_often_it_is_asked() -> None:
    told = Told()
    first = told.hears()
    assert first.planned_at is None
    assert first.at == NOON
    assert timedelta(0) == NOON - first.at
