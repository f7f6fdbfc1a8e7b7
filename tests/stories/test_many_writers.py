"""Many people write at once, and the power fails: nothing acknowledged is lost or doubled."""

from __future__ import annotations

import http.client
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from tests.stories.house import House, house

pytestmark = pytest.mark.django_db  # beside whose database a fresh one lies

WORKERS = 8
CASES = 200
ENOUGH = 50

COUNT = """
import json, sys
import django; django.setup()
from footpath.accounts.models import TrailLine
from footpath.cases.models import Case
print(json.dumps([
    sorted(Case.objects.values_list("pk", flat=True)),
    sorted(Case.objects.values_list("title", flat=True)),
    TrailLine.objects.filter(deed="case.raised").count(),
]))
"""


def stored(built: House) -> tuple[list[int], list[str], int]:
    """Return the numbers and titles of all cases, and how many lines say that one was raised."""
    numbers, titles, lines = json.loads(built.run("-c", COUNT).stdout.splitlines()[-1])
    return numbers, titles, lines


def test_eight_workers_raise_1600_cases_and_none_is_lost_or_doubled(tmp_path: Path) -> None:
    with house(tmp_path) as built:

        def work(worker: int) -> list[int]:
            found = []
            for number in range(CASES):
                key = str(uuid4())
                found.append(built.raise_case("officer", f"{worker}-{number}", key))
                if number % 10 == 0:  # a phone on a bad line sends again
                    assert built.raise_case("officer", f"{worker}-{number}", key) == found[-1]
            return found

        with ThreadPoolExecutor(WORKERS) as pool:
            answered = [pk for found in pool.map(work, range(WORKERS)) for pk in found]
        numbers, titles, lines = stored(built)
        assert numbers == sorted(answered)
        assert titles == sorted(
            f"{worker}-{number}" for worker in range(WORKERS) for number in range(CASES)
        )
        assert lines == WORKERS * CASES
        checked = built.run("-m", "footpath", "verify-ledger")
        assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_acknowledged_case_is_there_after_the_server_was_killed(tmp_path: Path) -> None:
    with house(tmp_path) as built:
        acknowledged: list[int] = []
        stop = threading.Event()

        def work(worker: int) -> None:
            number = 0
            while not stop.is_set():
                try:
                    acknowledged.append(built.raise_case("officer", f"{worker}-{number}"))
                except (OSError, http.client.HTTPException):  # urllib's errors are OSErrors
                    return
                number += 1

        threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(600):  # on a busy machine the first answers take their time
            if len(acknowledged) > ENOUGH:
                break
            time.sleep(0.1)
        built.kill()
        stop.set()
        for thread in threads:
            thread.join()
        assert len(acknowledged) > ENOUGH
        built.start()
        numbers, _titles, lines = stored(built)
        assert set(acknowledged) <= set(numbers)
        assert lines == len(numbers)
        checked = built.run("-m", "footpath", "verify-ledger")
        assert checked.returncode == 0, checked.stdout + checked.stderr
