"""The member side of Footpath in a process of its own, beside the Corner of a test.

    python -m tests.questions.member_side PORT MOMENT

It begins at MOMENT and the time goes on from there. The first line it writes is one of JSON: the
name and the password of a member. It ends with its standard input.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class MemberSide:
    """Where the member side is, and who may sign in there."""

    base: str
    corner_url: str
    user: str
    password: str


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
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            said = process.stdout.readline()
            assert said, "the member side did not start"
            yield MemberSide(base, corner_url, **json.loads(said))
        finally:
            process.stdin.close()
            process.wait(timeout=30)


def _main(port: int, begin: datetime) -> None:
    from django.utils import timezone

    ahead = begin - datetime.now(UTC)
    timezone.now = lambda: datetime.now(UTC) + ahead

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
    member = World().officer.user
    assert member is not None
    server = LiveServerThread("127.0.0.1", static_handler=lambda pages: pages, port=port)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error is not None:
        raise server.error
    sys.stdout.write(json.dumps({"user": member.username, "password": PASSWORD}) + "\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    _main(int(sys.argv[1]), datetime.fromisoformat(sys.argv[2]))
