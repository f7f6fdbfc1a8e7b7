"""Two workers at once, both killed in the middle, two new ones: each reminder arrives once.

The mail server counts. It is slow at one step of its conversation, so that the kill falls into it:
before a recipient is taken, before the text may come, and after the message is accepted but before
the worker can know.
"""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest

from footpath.accounts.models import User
from footpath.core import clock
from footpath.notifications import kinds
from footpath.notifications.models import Channel, Delivery, Notice
from footpath.notifications.services import notify
from tests.workers import MailServer, mail_server, worker
from tests.world import user

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 8
KEPT_S = 15.0  # a worker that hears nothing for 20 seconds gives up by itself
URGENT, CALM = "meeting.moved", "meeting.invited"


def tell(number: int) -> User:
    """Tell a user of one thing that is urgent and two that wait for the digest."""
    told = user(f"reader{number}")
    at = clock.now() - timedelta(days=2)
    Channel.objects.create(
        user=told, kind="email", address=f"reader{number}@example.org", created_at=at
    )
    for kind, key in ((URGENT, "moved"), (CALM, "first"), (CALM, "second")):
        values = {"meeting": f"Meeting {number}", "when": at.isoformat()}
        notify([told], kind, key=key, at=at, values=values)
    return told


def first_workers(server: MailServer, step: str, count: int) -> None:
    """Run two workers; kill both while the server keeps one waiting at a step, the other at any.

    Neither is killed between writing down "handed over" and the line that ends its message: what
    becomes of a message then is told in ``tests/notifications/test_delivering.py``.
    """
    both_wait = threading.Event()
    seen: Counter[str] = Counter()

    def pause(at: str) -> float:
        seen[at] += 1
        if seen["kept"]:
            both_wait.set()  # the first is kept, so this is the second
        elif at != step or seen[at] < count:
            return 0.005
        seen["kept"] += 1
        return KEPT_S

    server.pause = pause
    both = [worker(FOOTPATH_EMAIL_URL=server.url) for _n in range(2)]
    assert both_wait.wait(120)
    for one in both:
        one.kill()
    for one in both:
        one.wait()
    server.pause = lambda _step: 0.0


@pytest.mark.parametrize(("step", "count"), [("rcpt", 1), ("data", 3), ("end", 2), ("end", 9)])
def test_each_reminder_arrives_once_whenever_the_workers_are_killed(step: str, count: int) -> None:
    readers = [tell(number) for number in range(PEOPLE)]
    assert kinds.get(URGENT).urgent
    assert not kinds.get(CALM).urgent
    with mail_server() as server:
        first_workers(server, step, count)
        assert len(server.mails) < 2 * PEOPLE
        again = [worker("--once", FOOTPATH_EMAIL_URL=server.url) for _n in range(2)]
        assert [one.wait(120) for one in again] == [0, 0]
        mails = server.mails
    arrived = Counter((str(mail["To"]), str(mail["Message-ID"])) for mail in mails)
    assert set(arrived.values()) == {1}
    assert Counter(str(mail["To"]) for mail in mails) == {
        f"reader{number}@example.org": 2 for number in range(PEOPLE)
    }
    assert Delivery.objects.count() == 2 * PEOPLE
    states = Counter(Delivery.objects.values_list("state", flat=True))
    assert set(states) <= {"sent", "handed_over"}
    # Those of which the killed workers could not learn: each arrived, and none was sent again.
    assert states["handed_over"] in ({1, 2} if step == "end" else {0, 1})
    assert not Notice.objects.filter(user__in=readers, planned_at=None).exists()
