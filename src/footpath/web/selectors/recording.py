"""What somebody may record, and who helps them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from footpath.accounts.permissions import may
from footpath.accounts.rules import Role
from footpath.cases.selectors import spot_checks
from footpath.core import clock
from footpath.core.calendar import Month
from footpath.directory.models import Membership, Person


@dataclass(frozen=True)
class Offer:
    """One thing that can be recorded."""

    href: str
    icon: str
    title: str
    text: str


def record_offers(person: Person) -> list[Offer]:
    """Return what the person may record, at most four things, the most frequent first."""
    offers = []
    if may(person, "cases.raise"):
        offers.append(
            Offer(
                reverse("cases:raise"),
                "flag",
                _("Case"),
                _("A difficulty somebody told you about."),
            )
        )
    if may(person, "cases.verify"):
        offers.append(
            Offer(
                reverse("cases:ledger", query={"view": "verify"}),
                "eye-check",
                _("Verification"),
                _("What you found on the spot. Choose the case that waits for it."),
            )
        )
    if spot_checks.waits_for(person):
        offers.append(
            Offer(
                reverse("cases:spot-checks"),
                "eye-check",
                _("Spot check"),
                _("Confirmed cases drawn by lot: look whether it holds."),
            )
        )
    if may(person, "meetings.keep"):
        today = Month.of(clock.today())
        offers.append(
            Offer(
                reverse("meetings:list", query={"month": str(today)}),
                "users",
                _("Attendance and minutes"),
                _("Who came, and what was said. Choose the meeting."),
            )
        )
    if may(person, "assignments.assign"):
        offers.append(
            Offer(
                reverse("assignments:assign"),
                "user-plus",
                _("Somebody in charge"),
                _("Put a person in charge of a place."),
            )
        )
    elif may(person, "meetings.convene"):
        offers.append(
            Offer(
                reverse("meetings:convene"),
                "calendar-plus",
                _("Meeting"),
                _("Convene a meeting of your place."),
            )
        )
    return offers[:4]


def administrators() -> list[Membership]:
    """Return who can help: the holders of administrators' posts today, at most five."""
    today = clock.today()
    return list(
        Membership.objects.filter(
            Q(until=None) | Q(until__gte=today), start__lte=today, post__role=Role.ADMINISTRATOR
        )
        .select_related("person", "post")
        .order_by("person__name", "pk")[:5]
    )
