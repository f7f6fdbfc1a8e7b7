"""Each time of each job is done once, whoever asks; of the missed ones only the latest."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from footpath.core import timetable, workers
from footpath.core.models import TimetableRun
from footpath.core.timetable import Job, due_times, run_due

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=ZONE)
NIGHTLY = (time(0, 5),)
State = TimetableRun.State


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=ZONE)


class Done:
    """Registers jobs that note when they ran."""

    def __init__(self) -> None:
        self.runs: list[tuple[str, datetime]] = []

    def job(self, code: str = "nightly", **values: object) -> Job:
        values.setdefault("daily_at", NIGHTLY)
        job = Job(code, lambda now: self.runs.append((code, now)), **values)  # type: ignore[arg-type]
        timetable.register(job)
        return job


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Done:
    monkeypatch.setattr(timetable, "_jobs", {})
    return Done()


def rows() -> list[tuple[str, datetime, str]]:
    return list(
        TimetableRun.objects.order_by("due_at", "job").values_list("job", "due_at", "state")
    )


# --- when something is due ------------------------------------------------------------------------


def test_the_times_of_a_day_come_back_the_latest_first() -> None:
    job = Job("x", print, daily_at=(time(7, 0), time(18, 30)))
    assert list(due_times(job, at(8, 18, 30), at(10, 12), ZONE)) == [
        at(10, 7),
        at(9, 18, 30),
        at(9, 7),
    ]
    assert list(due_times(job, at(10, 7), at(10, 18, 29), ZONE)) == []
    assert list(due_times(job, at(10, 7), at(10, 18, 30), ZONE)) == [at(10, 18, 30)]


def test_the_times_of_a_day_are_those_of_the_organisation() -> None:
    job = Job("x", print, daily_at=NIGHTLY)
    now = datetime(2026, 3, 9, 18, 0, tzinfo=UTC)  # 01:00 of the next day in Bến Tre
    assert next(due_times(job, None, now)) == at(10, 0, 5)


def test_an_interval_has_the_same_times_for_every_worker() -> None:
    job = Job("x", print, every_minutes=15)
    found = list(islice(due_times(job, None, at(10, 12, 7), ZONE), 3))
    assert found == [at(10, 12), at(10, 11, 45), at(10, 11, 30)]


def test_the_hour_that_summer_time_leaves_out_or_repeats_comes_once_a_day() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    job = Job("x", print, daily_at=(time(2, 30),))
    for first in (
        datetime(2026, 3, 27, 12, tzinfo=berlin),
        datetime(2026, 10, 23, 12, tzinfo=berlin),
    ):
        times = list(due_times(job, first, first + timedelta(days=4), berlin))
        assert len({moment.date() for moment in times}) == len(times) == 4


@given(
    st.integers(0, 365 * 24 * 60),
    st.integers(0, 5000),
    st.integers(0, 5000),
    st.sampled_from(
        [Job("d", print, daily_at=(time(0, 5), time(13))), Job("i", print, every_minutes=7)]
    ),
)
def test_no_time_is_left_out_or_told_twice_wherever_one_looks(
    start: int, first: int, second: int, job: Job
) -> None:
    since = datetime(2026, 1, 1, tzinfo=ZONE) + timedelta(minutes=start)
    middle = since + timedelta(minutes=first)
    end = middle + timedelta(minutes=second)
    whole = list(due_times(job, since, end, ZONE))
    assert whole == [*due_times(job, middle, end, ZONE), *due_times(job, since, middle, ZONE)]
    assert all(since < moment <= end for moment in whole)


def test_a_job_needs_a_time_and_a_code_of_its_own(done: Done) -> None:
    done.job("a")
    with pytest.raises(ValueError, match="twice"):
        done.job("a")
    with pytest.raises(ValueError, match="no time"):
        done.job("b", daily_at=())
    assert [job.code for job in timetable.jobs()] == ["a"]


# --- doing it -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_first_start_catches_nothing_up_and_the_next_time_is_kept(done: Done) -> None:
    done.job()
    assert run_due(NOON, "one") == 0
    assert run_due(at(11, 0, 4), "one") == 0
    assert run_due(at(11, 0, 6), "one") == 1
    assert run_due(at(11, 0, 7), "one") == 0
    assert done.runs == [("nightly", at(11, 0, 6))]


@pytest.mark.django_db
def test_a_job_that_wishes_so_runs_on_the_first_start(done: Done) -> None:
    done.job(from_the_start=True)
    assert (run_due(NOON, "one"), run_due(NOON, "one")) == (1, 0)
    assert rows() == [("nightly", at(10, 0, 5), State.DONE)]


@pytest.mark.django_db
def test_of_the_missed_times_only_the_latest_is_caught_up_and_once(done: Done) -> None:
    done.job()
    done.job("often", daily_at=(), every_minutes=10)
    run_due(NOON, "one")
    assert run_due(NOON + timedelta(days=9), "one") == 2
    assert run_due(NOON + timedelta(days=9), "two") == 0
    assert [code for code, _at in done.runs] == ["nightly", "often"]


@pytest.mark.django_db
def test_a_failure_is_kept_and_tried_again_at_the_next_time(
    done: Done, caplog: pytest.LogCaptureFixture
) -> None:
    tries = []

    def fail(now: datetime) -> None:
        tries.append(now)
        if len(tries) == 1:
            raise LookupError("no paper")

    timetable.register(Job("bad", fail, daily_at=NIGHTLY))
    done.job("good")
    run_due(NOON, "one")
    assert run_due(NOON + timedelta(days=1), "one") == 2
    assert run_due(NOON + timedelta(days=1, hours=1), "one") == 0
    failed = TimetableRun.objects.get(state=State.FAILED)
    assert (failed.job, failed.error) == ("bad", "LookupError: no paper")
    assert failed.finished_at is not None
    assert "the job bad failed" in caplog.text
    assert run_due(NOON + timedelta(days=2), "one") == 2
    assert len(tries) == 2
    assert [code for code, _at in done.runs] == ["good", "good"]


@pytest.mark.django_db
def test_what_a_dead_worker_left_is_taken_over_at_once(done: Done) -> None:
    done.job()
    gone = subprocess.run(
        [sys.executable, "-c", "from footpath.core import workers; print(workers.me())"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    for name, taken in ((workers.me(), 0), ("elsewhere:1:1", 0), (gone, 1)):
        TimetableRun.objects.all().delete()
        TimetableRun.objects.create(
            job="nightly", due_at=at(10, 0, 5), claimed_by=name, claimed_at=NOON
        )
        assert run_due(NOON, "one") == taken
    assert rows() == [("nightly", at(10, 0, 5), State.DONE)]


@pytest.mark.django_db
def test_what_a_worker_elsewhere_left_is_taken_over_after_a_while(done: Done) -> None:
    done.job()
    TimetableRun.objects.create(
        job="nightly", due_at=at(10, 0, 5), claimed_by="elsewhere:1:1", claimed_at=NOON
    )
    late = NOON + timedelta(minutes=6)
    assert (run_due(late, "one"), run_due(late, "two")) == (1, 0)
    assert TimetableRun.objects.get().claimed_by == "one"


@pytest.mark.django_db
def test_a_later_time_waits_for_the_earlier_run_and_replaces_one_that_was_left(done: Done) -> None:
    done.job()
    TimetableRun.objects.create(
        job="nightly",
        due_at=at(10, 0, 5),
        claimed_by="elsewhere:1:1",
        claimed_at=at(11, 0, 4),
    )
    assert run_due(at(11, 0, 6), "one") == 0
    assert run_due(at(11, 0, 30), "one") == 1
    assert rows() == [
        ("nightly", at(10, 0, 5), State.FAILED),
        ("nightly", at(11, 0, 5), State.DONE),
    ]
    assert TimetableRun.objects.get(state=State.FAILED).error == timetable.LEFT


@pytest.mark.django_db
def test_a_worker_that_was_quicker_wins(done: Done, monkeypatch: pytest.MonkeyPatch) -> None:
    job = done.job()
    TimetableRun.objects.create(
        job="nightly", due_at=at(10, 0, 5), claimed_by="other", claimed_at=NOON
    )
    monkeypatch.setattr(timetable, "_newest_runs", dict)
    monkeypatch.setitem(timetable._jobs, job.code, Job(job.code, job.run, NIGHTLY, 0, True))
    assert run_due(NOON, "one") == 0
    assert done.runs == []


@pytest.mark.django_db
def test_with_nothing_due_the_timetable_only_reads(
    done: Done, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for code in ("a", "b", "c"):
        done.job(code)
    run_due(NOON, "one")
    with django_assert_num_queries(2) as asked:
        run_due(NOON + timedelta(minutes=1), "one")
    assert all(query["sql"].startswith("SELECT") for query in asked.captured_queries)


@pytest.mark.django_db
def test_runs_of_long_ago_are_not_kept(done: Done) -> None:
    done.job()
    run_due(NOON, "one")
    run_due(NOON + timedelta(days=70), "one")
    assert len(rows()) == 1


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_do_each_job_once(done: Done) -> None:
    for code in ("a", "b", "c"):
        done.job(code)
    run_due(NOON, "zero")
    together = threading.Barrier(4)

    def schedule(name: str) -> None:
        together.wait()
        run_due(NOON + timedelta(days=1), name)
        connection.close()

    threads = [threading.Thread(target=schedule, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(code for code, _at in done.runs) == ["a", "b", "c"]
    assert [state for *_run, state in rows()] == [State.DONE] * 6


@pytest.mark.django_db(transaction=True)
def test_a_long_job_shows_that_it_lives(done: Done, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timetable, "SIGN_OF_LIFE_S", 0.02)
    renewed = threading.Event()

    def wait(_now: datetime) -> None:
        claimed = TimetableRun.objects.get(state=State.CLAIMED).claimed_at
        for _try in range(200):
            if TimetableRun.objects.get(state=State.CLAIMED).claimed_at > claimed:
                renewed.set()
                return
            threading.Event().wait(0.02)

    timetable.register(Job("long", wait, daily_at=NIGHTLY, from_the_start=True))
    assert run_due(NOON, workers.me()) == 1
    assert renewed.is_set()


# --- who works ------------------------------------------------------------------------------------


def test_a_process_knows_its_name_and_others_see_that_it_lives() -> None:
    name = workers.me()
    assert len(name) <= 80
    assert name == workers.name_of(os.getpid())
    assert not workers.is_gone(name)


@pytest.mark.parametrize("name", ["", "nonsense", "elsewhere:1:1", "a:b:c"])
def test_of_other_machines_nothing_is_said(name: str) -> None:
    assert not workers.is_gone(name)


def test_the_same_number_started_at_another_moment_is_another_process() -> None:
    host, pid, start = workers.me().split(":")
    assert workers.is_gone(f"{host}:{pid}:{int(start) - 1}")


def test_without_a_proc_folder_the_number_alone_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    monkeypatch.setattr(workers, "PROC", "/nowhere")
    assert workers._process(os.getpid()) == ("R", "")
    assert workers._process(ended.pid) == ("", "")
    assert workers._process(0) == ("", "")

    def refuse(_pid: int, _signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)
    assert workers._process(1) == ("R", "")
