"""Two calendar programs that people use read our feeds: they show what the site shows.

vdirsyncer fetches the secret address over HTTP as a calendar subscription does, khal shows what
it fetched. The pages of the calendar are read as a signed-in person sees them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django.live_server_helper import LiveServer

from footpath.core import clock, formats
from footpath.core.calendar import Month
from footpath.directory.models import Area, Person
from footpath.meetings import selectors, services
from footpath.meetings.models import Meeting
from tests.world import NOON, World, fresh

Shown = tuple[str, str, str, str, bool]
"""A meeting as somebody sees it: month, day, time, name, whether it is cancelled."""

FETCHED = """
[general]
status_path = "{folder}/status/"

[pair meetings]
a = "feed"
b = "here"
collections = null
conflict_resolution = "a wins"

[storage feed]
type = "http"
url = "{address}"

[storage here]
type = "filesystem"
path = "{folder}/meetings/"
fileext = ".ics"
"""

READ = """
[calendars]
[[meetings]]
path = {folder}/meetings/

[locale]
local_timezone = {zone}
default_timezone = {zone}
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M

[sqlite]
path = {folder}/khal.db
"""


class Programs:
    """vdirsyncer and khal with a folder of their own, subscribed to one address."""

    def __init__(self, folder: Path, address: str, zone: str) -> None:
        self.folder = folder
        (folder / "meetings").mkdir(parents=True)
        self.fetching = folder / "vdirsyncer.conf"
        self.fetching.write_text(FETCHED.format(folder=folder, address=address))
        self.reading = folder / "khal.conf"
        self.reading.write_text(READ.format(folder=folder, zone=zone))
        self._run("vdirsyncer", "-c", str(self.fetching), "discover")

    def fetch(self) -> subprocess.CompletedProcess[str]:
        """Ask for the feed, as the program does by itself once an hour."""
        return self._run("vdirsyncer", "-c", str(self.fetching), "sync", "--force-delete")

    def shown(self, first: date, last: date) -> list[Shown]:
        """Return what khal shows from one day to another, both included."""
        separator = "\x1f"
        wanted = ("start-date", "start-time", "end-time", "title", "status")
        line = separator.join(f"{{{name}}}" for name in wanted)
        said = self._run(
            "khal", "-c", str(self.reading), "list", "--once", "--day-format", "",
            "--format", line, str(first), str(last + timedelta(days=1)),
        )  # fmt: skip
        assert said.returncode == 0, said.stderr
        found = []
        for row in said.stdout.splitlines():
            if separator not in row:
                continue
            day, begins, ends, title, status = row.split(separator)
            found.append(
                _shown(date.fromisoformat(day), begins, ends, title, "CANCELLED" in status)
            )
        return sorted(found)

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [Path(sys.executable).parent / program, *arguments],
            env=os.environ | {"HOME": str(self.folder), "LC_ALL": "C.UTF-8", "COLUMNS": "1000"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


def _shown(day: date, begins: str, ends: str, title: str, cancelled: bool) -> Shown:
    with translation.override("en"):
        return str(Month.of(day)), formats.day(day), f"{begins} – {ends}", title, cancelled


class _Table(HTMLParser):
    """The rows of the calendar as a list: the day, then the texts of the cells."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[str, list[str]]] = []
        self.day, self.cells, self.inside = "", [], ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.cells = []
        elif tag in {"td", "th"}:
            scope = dict(attrs).get("scope")
            self.inside = "day" if scope == "rowgroup" else "cell" if tag == "td" else ""
            if self.inside == "cell":
                self.cells.append("")
        elif self.inside == "day":
            self.inside = ""  # what is said of the day stands after its name

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr" and len(self.cells) == 5:
            self.rows.append((self.day, [cell.strip() for cell in self.cells]))
        if tag in {"td", "th"}:
            self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "day" and data.strip():
            self.day = data.strip()
        elif self.inside == "cell":
            self.cells[-1] += data


def on_the_site(reader: Person, first: date, last: date, **query: str) -> list[Shown]:
    """Return what the calendar shows the reader from one month to another."""
    client = Client(headers={"Accept-Language": "en"})
    assert reader.user is not None
    client.force_login(reader.user)
    found: list[Shown] = []
    month = Month.of(first)
    while month.first <= last:
        page = client.get(
            reverse("meetings:calendar"), {"view": "list", "month": str(month)} | query
        )
        assert page.status_code == 200
        table = _Table()
        table.feed(page.content.decode().replace("\u202f", " "))
        found += [
            (str(month), day, cells[1], cells[0], cells[4] == "Cancelled")
            for day, cells in table.rows
        ]
        month = month.next
    return sorted(found)


def write(  # noqa: PLR0917 - one line a meeting reads best
    world: World, day: date, hour: time, minutes: int, place: Area, title: str
) -> Meeting:
    """Write a planned meeting at which the officer is expected."""
    start = timezone.make_aware(datetime.combine(day, hour))
    meeting = Meeting.objects.create(
        kind=world.cell_meeting,
        area=place,
        title=title,
        starts_at=start,
        ends_at=start + timedelta(minutes=minutes),
        convened_by=world.office,
        changed_at=NOON,
        agenda="1. Roads, water; light\n2. What was promised",
        **{f"a{level}": pk for level, pk in enumerate(place.ancestor_ids)},
    )
    meeting.duties.create(person=world.officer)
    return meeting


def fill(world: World) -> list[Meeting]:
    """Fill the span of a feed and a little more: three meetings a month in two hamlets."""
    first, last = selectors.span_of_feed(clock.today())
    month = Month.of(first).previous
    made = []
    while month.first <= last.replace(day=28) + timedelta(days=10):
        for day, hour, minutes, place, title in (
            (3, time(8), 90, world.hue, ""),
            (11, time(23, 30), 60, world.khanh, "Night, over midnight; “watch”"),
            (28, time(0), 45, world.hue, "Rà soát hộ nghèo, 贫困户, бедные дворы" + " dài" * 20),
        ):
            made.append(write(world, month.first.replace(day=day), hour, minutes, place, title))
        month = month.next
    return made


def change(world: World, meetings: list[Meeting]) -> None:
    """Move some of the meetings and cancel others, by the deeds that people press."""
    now = clock.now()
    coming = [row for row in meetings if row.starts_at > now + timedelta(days=3)]
    office = fresh(world.office)
    for number, meeting in enumerate(coming):
        meeting.refresh_from_db()
        if number % 5 == 1:
            free = selectors.next_free_days(
                kind=meeting.kind, area=meeting.area, after=clock.day_of(meeting.starts_at)
            )
            start = timezone.make_aware(datetime.combine(free[0], time(15 + number % 3, 15)))
            services.move_meeting(
                meeting=meeting,
                starts_at=start,
                ends_at=start + timedelta(hours=1),
                by=office,
                at=now,
            )
        elif number % 7 == 2:
            services.cancel_meeting(meeting=meeting, reason="Flood", by=office, at=now)


@pytest.mark.parametrize("zone", ["Asia/Ho_Chi_Minh", "Asia/Shanghai", "Europe/Moscow"])
def test_calendar_programs_show_exactly_what_the_site_shows(
    zone: str, live_server: LiveServer, world: World, settings: Any, tmp_path: Path
) -> None:
    zone_of_the_house = settings.TIME_ZONE
    settings.TIME_ZONE = zone
    meetings = fill(world)
    officer = fresh(world.officer)
    first, last = selectors.span_of_feed(clock.today())
    feeds: dict[str, Any] = {
        "place": (
            services.make_feed(by=fresh(world.lead), at=NOON, area=world.thach, language="en"),
            {"place": world.thach.code},
        ),
    }
    if zone == zone_of_the_house:
        feeds["own"] = (services.make_feed(by=officer, at=NOON), {"person": "me"})
    readers = {"own": officer, "place": world.lead}
    programs = {}
    for name, ((_feed, secret), _query) in feeds.items():
        address = live_server.url + reverse("meetings:feed", args=[secret])
        programs[name] = Programs(tmp_path / name, address, zone)
    for round_ in ("as convened", "moved and cancelled"):
        for name, (_made, query) in feeds.items():
            fetched = programs[name].fetch()
            assert fetched.returncode == 0, fetched.stderr
            site = on_the_site(readers[name], first, last, **query)
            assert programs[name].shown(first, last) == site
            assert len(site) == 15 * 3  # the month before, this one, and thirteen ahead
            cancelled = sum(row[4] for row in site)
            assert (cancelled > 0) == (round_ == "moved and cancelled")
        if round_ == "as convened":
            change(world, meetings)
    revoked, secret = feeds["place"][0]
    services.revoke_feed(feed=revoked, by=world.lead, at=NOON)
    gone = programs["place"].fetch()
    assert gone.returncode != 0
    assert "Not Found" in gone.stderr
    assert Client().get(reverse("meetings:feed", args=[secret])).status_code == 404
