"""Loading the Corner of the demonstration, once, and what is printed of it at the end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date

from django.conf import settings

from footpath.accounts import corner
from footpath.config.corner_demo import known, members
from footpath.config.corner_demo.script import ROUNDS, SCRIPT
from footpath.secrecy import notice, receipts
from footpath.secrecy.epochs import Epoch, spendable_on
from footpath.web.demo import PASSWORD, loaded_for

MARK, BEGUN, DONE = "demonstration", "begun", "done"
SHOWN = (1, 7, 13, 9)
"""Receipts that are printed: one for each language, all answered."""


def load(say: Callable[[str], None]) -> bool:
    """Load the Corner of the demonstration unless it is there; False when there can be none.

    A folder with keys or a notice of somebody else's is left alone.
    """
    today = loaded_for()
    if not settings.CORNER_URL or today is None:
        return False
    mark = settings.CORNER_DIR / MARK
    if mark.exists():
        return _found(mark.read_text(encoding="ascii"), say)
    if corner.files().notice()["entries"]:
        say(f"{settings.CORNER_DIR} holds another Question Corner; nothing is changed")
        return False
    mark.write_text(BEGUN, encoding="ascii")
    tokens = _drawn(today)
    say(f"tokens: {members.MEMBERS} members have drawn four a month, {len(tokens)} in all")
    lived = _in_the_corner(today, tokens)
    mark.write_text(DONE, encoding="ascii")
    say(
        f"Question Corner: {lived['asked']} questions in four languages, "
        f"{lived['answered']} answered by two officers, {lived['open']} open"
    )
    return True


def _found(mark: str, say: Callable[[str], None]) -> bool:
    if mark == DONE:
        say("the Question Corner is here already; nothing is changed")
        return True
    say(f"the Question Corner was broken off: delete {settings.DATA_DIR} and begin again")
    return False


def closing_lines() -> Iterator[str]:
    """Return what is printed of the Corner: its officers, some receipts, its notice."""
    entries = corner.files().notice()["entries"]
    yield ""
    yield f"Question Corner at {settings.CORNER_URL}/  (desk of the officers: /desk/)"
    yield f"Guidance officers (passphrase {known.PASSPHRASE}):"
    for code, name in known.OFFICERS.items():
        yield f"  {code:<9} {'guidance officer':<36} {name}"
    for code, name in known.SUPERVISOR.items():
        yield f"  {code:<9} {'supervisor, reads complaints':<36} {name}"
    yield f"Recovery key: {known.recovery()}"
    yield "Receipts that find an answer:"
    languages = {one.receipt: one.language for one in SCRIPT if one.kind == "ask"}
    for number in SHOWN:
        shown = receipts.shown(known.receipt(number))
        yield f"  {shown}  {languages[number]}"
    yield f"Fingerprint of the whole key notice: {notice.short(entries[-1]['hash'])}"
    first, second, *more = members.usernames()
    yield f"{len(more) + 2} more members sign in as {first}, {second} … (password {PASSWORD})."
    yield ""
    questions = sum(one.kind != "follow-up" for one in SCRIPT)
    yield f"demo ok: Question Corner with {questions} questions in four languages"


def _drawn(today: date) -> list[dict[str, str]]:
    """Publish the keys, let accounts draw for every month that is needed, return the tokens."""
    days = [today.fromordinal(today.toordinal() - before) for before in (*ROUNDS, 1)]
    epochs: list[Epoch] = sorted({spendable_on(day)[-1] for day in days})
    members.publish_keys(today, epochs[0])
    tokens = members.draw(members.let_in(today), epochs)
    members.keep_corner(today)
    return tokens


def _in_the_corner(today: date, tokens: list[dict[str, str]]) -> dict[str, int]:
    """Hand the tokens to a process of the Corner, which knows nobody; return its figures."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "footpath.config.corner",
        "FOOTPATH_CORNER_DIR": str(settings.CORNER_DIR),
    }
    done = subprocess.run(
        [sys.executable, "-P", "-m", "footpath.config.corner_demo"],
        input=json.dumps({"today": today.isoformat(), "tokens": tokens}),
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    figures: dict[str, int] = json.loads(done.stdout)
    return figures
