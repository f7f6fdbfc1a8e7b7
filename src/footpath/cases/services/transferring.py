"""Giving a case to another organization, and saying that it belongs elsewhere. Source: S2.3.

The clocks run on: who passes a case on does not win time. The owner before leaves the ownership
and stays in the case as somebody who worked on it.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from footpath.accounts.permissions import require
from footpath.accounts.rules import Role
from footpath.cases import notices
from footpath.cases.models import Case, Entry
from footpath.cases.rules import Deed, State
from footpath.cases.services.doing import act, need_text, set_round
from footpath.core import clock, tree
from footpath.core.errors import RuleBroken, StaleState
from footpath.directory.models import Organization, Person

LEADERS = (Role.HEAD, Role.OFFICE)


@transaction.atomic
def transfer_case(*, case: Case, to: Organization, text: str, by: Person, at: datetime) -> Entry:
    """Give a case to another organization, which accepts it or gives it an owner.

    RuleBroken when it belongs to that organization already.
    """
    require(by, "cases.transfer", case)
    need_text(text, _("Write why the case belongs to the other organization."))
    if case.organization_id == to.pk:
        raise RuleBroken(_("The case belongs to %(name)s already.") % {"name": to.name})
    return _moved(Deed.TRANSFER, case, Entry.Deed.TRANSFERRED, to, text, by=by, at=at)


@transaction.atomic
def misroute_case(*, case: Case, text: str, by: Person, at: datetime) -> Entry:
    """Send a case that does not belong here back to whoever sent it, with the reason.

    That is the organization that transferred it; when a route or nobody did, the office of the
    nearest place at or above the case. RuleBroken when there is neither.
    """
    require(by, "cases.misroute", case)
    need_text(text, _("Write why it does not belong here, and where it does."))
    to = sent_by(case)
    if to is None:
        raise RuleBroken(
            _("No office above is known to send it back to. Transfer it to where it belongs.")
        )
    return _moved(Deed.MISROUTE, case, Entry.Deed.MISROUTED, to, text, by=by, at=at)


def sent_by(case: Case) -> Organization | None:
    """Return whom a case goes back to when it is misrouted, or None."""
    came = (
        Entry.objects.filter(
            case=case, deed=Entry.Deed.TRANSFERRED, to_organization=case.organization_id
        )
        .exclude(from_organization=None)
        .select_related("from_organization")
        .order_by("-pk")
        .first()
    )
    if came is not None:
        return came.from_organization
    offices = Organization.objects.filter(
        area__in=tree.ids_of(case.area_path), kind=Organization.Kind.OFFICE
    )
    if case.organization_id is not None:
        offices = offices.exclude(pk=case.organization_id)
    return offices.order_by("-area__path", "pk").first()


def leaders_of(organization_id: int, *, on: date) -> list[Person]:
    """Return who heads an organization or works in its office on a day, by name."""
    held = Q(memberships__until=None) | Q(memberships__until__gte=on)
    people = Person.objects.filter(
        held,
        memberships__start__lte=on,
        memberships__organization=organization_id,
        memberships__post__role__in=LEADERS,
    )
    return list(people.distinct().order_by("name", "pk"))


def _moved(
    deed: Deed,
    case: Case,
    entry_deed: Entry.Deed,
    to: Organization,
    text: str,
    *,
    by: Person,
    at: datetime,
) -> Entry:
    before = case.organization_id
    now = Case.objects.select_for_update().values_list("organization", flat=True).get(pk=case.pk)
    if now != before:
        raise StaleState(
            _("Somebody else has changed this case in the meantime. Read it again first.")
        )
    entry = act(
        deed, case, entry_deed, by, at, text,
        to_organization=to, organization_id=to.pk, owner_id=None, state=State.RAISED,
    )  # fmt: skip
    entry.from_organization_id = before
    entry.save(update_fields=["from_organization"])
    set_round(case, owner_id=None)
    kind = "case.transferred" if deed == Deed.TRANSFER else "case.misrouted"
    people = leaders_of(to.pk, on=clock.day_of(at))
    notices.tell([who for who in people if who.pk != by.pk], kind, case, at=at)
    return entry
