"""The written notice: a person is reminded in writing, by number, with the due date and why (S4.3).

Plain values in, a PDF out, in the language of whoever receives it. It carries nothing of who
reported the case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from footpath.accounts.rules import Role
from footpath.cases.models import ClockKind, Reminder
from footpath.cases.presenting import place_of
from footpath.cases.selectors.clocks import explain
from footpath.core import formats, pdf
from footpath.directory.models import Membership, Person

TEMPLATE = "cases/typst/notice.typ"
SIGNERS = (Role.HEAD, Role.OFFICE)


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """All that one notice says; "" and () where there is nothing to say.

    ``kind`` is a value of ``ClockKind``. ``counted`` are the lines that say how the due date was
    counted, in the language of the notice. ``earlier`` are the reminders before this one: day and
    how.
    """

    number: str
    day: date
    organization: str
    above: str
    issued_at: str
    person: str
    post: str
    works_in: str
    case: str
    title: str
    place: str
    category: str
    raised_on: date
    kind: str
    due_on: date
    counted: tuple[str, ...]
    earlier: tuple[tuple[date, str], ...]
    signed_by: str
    signed_as: str
    address: str


def facts_of(
    reminder: Reminder, *, number: str, signed_by: Person, day: date, address: str, language: str
) -> NoticeFacts:
    """Return what the notice of a reminder says on a day; a fixed number of queries."""
    clock, person = reminder.clock, reminder.person
    case = clock.case
    seat = _seat_of(signed_by, case.area_path, day)
    works = _memberships(day).filter(person=person).order_by("start", "pk").last()
    issuer = seat.organization if seat is not None else None
    with translation.override(language):
        counted, category = tuple(explain(clock)), case.category.name
    earlier = Reminder.objects.filter(clock=clock, version=reminder.version).exclude(
        Q(pk=reminder.pk) | Q(state__in=(Reminder.State.CANCELLED, Reminder.State.PLANNED))
    )
    return NoticeFacts(
        number=number,
        day=day,
        organization=issuer.name if issuer is not None else "",
        above=issuer.parent.name if issuer is not None and issuer.parent else "",
        issued_at=issuer.area.short_name if issuer is not None and issuer.area else "",
        person=person.name if person is not None else "",
        post=works.post.title if works is not None and works.post else "",
        works_in=works.organization.name if works is not None else "",
        case=case.number,
        title=case.title,
        place=place_of(case.area),
        category=category,
        raised_on=_day(case.raised_at),
        kind=clock.kind,
        due_on=clock.due_on,
        counted=counted,
        earlier=tuple((_day(row.due_at), row.channel) for row in earlier.order_by("due_at", "pk")),
        signed_by=signed_by.name,
        signed_as=seat.post.title if seat is not None and seat.post else "",
        address=address,
    )


def notice(facts: NoticeFacts, *, language: str) -> bytes:
    """Return the notice as PDF in a language ("vi"): one page, some 30 kB.

    Raises core.pdf.NotRendered. The same facts give the same bytes.
    """
    with translation.override(language):
        data = _words(facts, language)
        title = f"{data['title']} {data['number']}"
    return pdf.render(TEMPLATE, data, language=language, title=title, day=facts.day)


def _words(facts: NoticeFacts, language: str) -> dict[str, Any]:
    day = formats.day_formal(facts.day)
    return {
        "language": language.partition("-")[0],
        "above": facts.above,
        "organization": facts.organization,
        "number": _("No. %(number)s") % {"number": facts.number},
        "dated": _("%(place)s, %(day)s") % {"place": facts.issued_at, "day": day}
        if facts.issued_at
        else day,
        "title": _("Written notice"),
        "about": f"{facts.case} {facts.title}",
        "to": _("To"),
        "person": facts.person,
        "works": [line for line in (facts.post, facts.works_in) if line],
        "opening": _("You are reminded of this case. It waits for you and is not done yet."),
        "rows": [
            _row(_("Case"), f"{facts.case} {facts.title}", facts.category),
            _row(_("Place"), facts.place),
            _row(_("Raised"), formats.day_formal(facts.raised_on)),
            _row(_("What you are to do"), _to_do(facts.kind)),
            _row(_("Due"), formats.day_formal(facts.due_on), *_counted(facts)),
            *_earlier(facts.earlier),
        ],
        "closing": _(
            "Do it now, and say in the case what was done. If it cannot be done, say why there."
        ),
        "received": _("Received: day, signature"),
        "signature": {"post": facts.signed_as, "name": facts.signed_by},
        "check": _("Check this notice at"),
        "address": facts.address,
    }


def _row(label: str, *lines: str) -> dict[str, Any]:
    said = [line for line in lines if line]
    return {"label": label, "main": said[0] if said else "", "more": said[1:]}


def _to_do(kind: str) -> str:
    return {
        ClockKind.ACCEPT: _("Accept the case"),
        ClockKind.GUIDE: _("Give guidance on the case"),
        ClockKind.RECTIFY: _("Rectify what is wrong"),
        ClockKind.VERIFY: _("Verify on the spot that it is rectified"),
        ClockKind.REPLY: _("Answer whoever reported it"),
    }[ClockKind(kind)]


def _counted(facts: NoticeFacts) -> list[str]:
    """Return how the due date came about, and how long it is over, a line each."""
    late = (facts.day - facts.due_on).days
    if late <= 0:
        return [*facts.counted]
    over = ngettext(
        "%(number)s calendar day overdue on the day of this notice",
        "%(number)s calendar days overdue on the day of this notice",
        late,
    )
    return [*facts.counted, over % {"number": formats.number(late)}]


def _earlier(rows: Sequence[tuple[date, str]]) -> list[dict[str, Any]]:
    if not rows:
        return []
    words = {
        "digest": _("digest"),
        "chat": _("message"),
        "telephone": _("telephone call"),
        "notice": _("written notice"),
        "on_site": _("instruction on the spot"),
    }
    said = [f"{formats.day_formal(day)}: {words[channel]}" for day, channel in rows]
    return [_row(_("Reminded before"), *said)]


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def _seat_of(person: Person, path: str, day: date) -> Membership | None:
    """Return the membership whose post lets the person sign for the place, the nearest one."""
    rows = _memberships(day).filter(person=person, post__role__in=SIGNERS).order_by("pk")
    fitting = [
        row
        for row in rows
        if row.post is not None
        and path.startswith(row.post.area.path if row.post.area else row.organization.path)
    ]
    return max(fitting, key=lambda row: (len(row.organization.path), -row.pk), default=None)


def _memberships(day: date) -> Any:
    return Membership.objects.filter(
        Q(until=None) | Q(until__gte=day), start__lte=day
    ).select_related("organization__area", "organization__parent", "post__area")
