"""The member side of Footpath in a process of its own, beside the Corner of a test.

    python -m tests.questions.member_side PORT MOMENT

It begins at MOMENT and the time goes on from there. The first line it writes is one of JSON: who
may sign in. A number on its standard input lets so many days pass; it ends with that input.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path


@dataclass(frozen=True)
class MemberSide:
    """Where the member side is, and who may sign in there."""

    base: str
    corner_url: str
    member: str
    head: str
    office: str
    password: str
    pass_days: Callable[[int], None]


@contextmanager
def member_side(*, port: int, corner_url: str, folder: Path, at: datetime) -> Iterator[MemberSide]:
    """Yield the member side, served on a port, that shares the folder ``corner`` with a Corner."""
    base = f"http://127.0.0.1:{port}"
    environment = {key: value for key, value in os.environ.items() if "FOOTPATH" not in key}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "footpath.config.settings",
        "FOOTPATH_DATA_DIR": str(folder),
        "FOOTPATH_CORNER_DIR": str(folder / "corner"),
        "FOOTPATH_CORNER_URL": corner_url,
        "FOOTPATH_CORNER_LEAST": "1",
        "FOOTPATH_BASE_URL": base,
        "FOOTPATH_SECRET_KEY": "tests only: nothing here is secret",
    }
    command = [sys.executable, "-m", "tests.questions.member_side", str(port), at.isoformat()]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            said = stdout.readline()
            assert said, "the member side did not start"

            def pass_days(days: int) -> None:
                stdin.write(f"{days}\n")
                stdin.flush()
                assert stdout.readline().strip() == "passed"

            yield MemberSide(base, corner_url, **json.loads(said), pass_days=pass_days)
        finally:
            stdin.close()
            process.wait(timeout=120)


def say(line: str) -> None:
    """Write a line to who has started this process."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _main(port: int, begin: datetime) -> None:
    from django.utils import timezone

    ahead = [begin - datetime.now(UTC)]
    timezone.now = lambda: datetime.now(UTC) + sum(ahead, timedelta())

    import django
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True
    django.setup()

    from django.core.management import call_command
    from django.test.testcases import LiveServerThread

    from footpath.accounts.audit import System
    from footpath.accounts.services import publish_keys
    from footpath.core import clock
    from tests.world import PASSWORD, World

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    publish_keys(by=System("tests"), at=clock.now())
    world = World()
    users = {
        "member": world.officer.user,
        "head": world.head.user,
        "office": world.office.user,
    }
    server = LiveServerThread("127.0.0.1", static_handler=lambda pages: pages, port=port)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error is not None:
        raise server.error
    names = {name: user.username for name, user in users.items() if user is not None}
    say(json.dumps(names | {"password": PASSWORD}))
    for line in sys.stdin:
        ahead.append(timedelta(days=int(line)))
        say("passed")


if __name__ == "__main__":
    _main(int(sys.argv[1]), datetime.fromisoformat(sys.argv[2]))
