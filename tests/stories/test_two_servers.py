"""Two Footpath servers hand a case over by Open311 and back; the second is killed in between.

Each has a database, a data folder and a server process of its own. The first sends cases of a
category to the second by a route; the second is ended with ``kill -9`` while requests are on their
way, and started again. Nothing is lost, nothing is there twice, and what the second has finished
waits with the first for somebody who verifies it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.ports import HOST
from tests.stories.house import House, house

BEFORE = """
import json, os
import django; django.setup()
from datetime import timedelta
from footpath.core import clock
from footpath.cases import services as cases
from footpath.cases.models import *
from footpath.cases.services import applications, endpoints
from footpath.cases.services.handoffs import hand_off
from footpath.cases.open311 import polling, sending
from footpath.directory.models import Area, Person
def named(name): return Person.objects.get(name=name)
admin, officer, head = named("Admin"), named("Lê Thị Mai"), named("Phạm Văn Tuấn")
now = clock.now()
"""

REGISTER = """
Category.objects.update(is_public=True)
_made, key = applications.create_application(name="First", by=admin, at=now, per_minute=6000)
print(json.dumps(key))
"""

RAISE = """
endpoint = endpoints.create_endpoint(
    name="Second", url=os.environ["SECOND"], key=os.environ["KEY"], has_updates=True,
    by=admin, at=now)
made = []
for number in range(12):
    case = cases.raise_case(
        title=f"Leak {number}", area=Area.objects.get(code="28804-01"),
        category=Category.objects.get(), by=officer, at=now)
    hand_off(case=case, endpoint=endpoint, service_code="irrigation", at=now)
    made.append(case.pk)
print(json.dumps(made))
"""

SEND = """
import threading, urllib.request
# Some requests arrive and their answers do not: the worker is cut off between the two.
from footpath.cases.open311 import wire
real, sent = wire.ask, []
def cut(method, address, body=b""):
    answer = real(method, address, body)
    if method == "POST":
        sent.append(address)
        if len(sent) == 4:
            raise wire.Unreachable("cut", handed_over=True)
        if len(sent) == 6:
            import signal
            os.killpg(int(os.environ["VICTIM"]), signal.SIGKILL)
    return answer
if os.environ.get("VICTIM"):
    wire.ask = cut
later = now + timedelta(minutes=int(os.environ.get("LATER", "0")))
sending.send_due(later)
print(json.dumps(list(Handoff.objects.order_by("pk").values_list("state", "remote_id"))))
"""

FINISH = """
numbers = []
for case in Case.objects.order_by("pk"):
    case = Case.objects.get(pk=case.pk)
    numbers.append(case.title)
    cases.accept_case(case=case, by=head, at=now)
    cases.rectify_case(case=case, text="Seal replaced.", by=head, at=now)
    cases.verify_case(case=case, result="confirmed", by=officer, at=now)
print(json.dumps(numbers))
"""

FETCH = """
later = now + timedelta(minutes=30)
new = [polling.poll(later), polling.poll(later)]
rows = [
    [case.title, case.state, list(case.entries.order_by("pk").values_list("deed", "said_by"))]
    for case in Case.objects.order_by("pk")
]
print(json.dumps([new, rows]))
"""


def does(one: House, text: str, **more: str) -> Any:
    """Let a process of the house do something and return what it printed."""
    one.environment |= {"FOOTPATH_OPEN311_PRIVATE": "yes", **more}
    done = one.run("-c", BEFORE + text)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_two_servers_hand_cases_over_and_back(tmp_path: Path) -> None:
    folders = tmp_path / "first", tmp_path / "second"
    for folder in folders:
        folder.mkdir()
    with house(folders[0]) as first, house(folders[1]) as second:
        first.kill()  # the test does the work of its worker, at moments of its own
        key = does(second, REGISTER)
        url = f"http://{HOST}:{second.port}/open311/v2"
        made = does(first, RAISE, SECOND=url, KEY=key)
        assert second.server is not None
        states = does(first, SEND, VICTIM=str(second.server.pid))
        assert {state for state, _number in states} == {"sent", "in_doubt", "waiting"}
        second.kill()
        states = does(first, SEND, VICTIM="", LATER="5")  # nobody is there
        assert "waiting" in {state for state, _number in states}
        second.start()
        states = does(first, SEND, VICTIM="", LATER="60")
        assert [state for state, _number in states] == ["sent"] * len(made)
        assert len({number for _state, number in states}) == len(made)
        arrived = does(second, FINISH)
        assert sorted(arrived) == sorted(f"Leak {number}" for number in range(len(made)))
        new, rows = does(first, FETCH)
        # Accepted, rectified and verified there: once each, and the second look finds nothing new.
        assert new == [3 * len(made), 0]
        for _title, state, thread in rows:
            assert state == "rectified"  # finished there is not verified here
            assert thread == [
                ["sent_out", "Second"],
                ["update", "Second"],
                ["update", "Second"],
                ["accepted", "Second"],
                ["rectified", "Second"],
            ]
