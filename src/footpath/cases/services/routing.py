"""Where a case belongs when it is raised, and the table of routes. Source: S2.3."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import may, require
from footpath.assignments import selectors as assignments
from footpath.cases import notices
from footpath.cases.models import (
    Case,
    Category,
    Endpoint,
    Entry,
    Participant,
    Reporter,
    Round,
    Route,
)
from footpath.cases.rules.routing import Looked, RouteLine, counting, look
from footpath.cases.services.handoffs import hand_off
from footpath.core import clock, tree
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Area, Organization, Person

ROUTED_BY = "Route"
"""What the thread names as the doer when a route has given the case its owner."""


@dataclass(frozen=True)
class Found:
    """The route that counts for a place and a category, and every route that was looked at."""

    route: Route | None
    looked: list[tuple[Route, Looked]]


def route_of(area: Area, category: Category) -> Found:
    """Return the route that counts, and why the others of the place and those above do not.

    One query; routes of places elsewhere are not looked at.
    """
    rows = Route.objects.filter(withdrawn_at=None, path__in=_paths_to(area.path))
    routes = {
        row.pk: row for row in rows.select_related("area", "category", "organization", "endpoint")
    }
    lines = [RouteLine(row.pk, row.path, row.category_id) for row in routes.values()]
    looked = look(lines, path=area.path, category=category.pk)
    found = counting(looked)
    return Found(
        routes[found.key] if found is not None else None,
        [(routes[row.line.key], row) for row in looked],
    )


@dataclass(frozen=True)
class Placed:
    """What a route adds to a case that is being raised: rows beside it, where it is sent."""

    beside: tuple[models.Model, ...] = ()
    endpoint: Endpoint | None = None
    service_code: str = ""
    owner: Person | None = None

    @property
    def has_more(self) -> bool:
        """Return whether something follows once the case is written."""
        return self.endpoint is not None or self.owner is not None


NOWHERE = Placed()


def place(case: Case, *, at: datetime) -> Placed:
    """Set the organization and the owner of a case that is being raised, by its route.

    Not written here: raising writes the case with the rows of ``beside``, sends it to the endpoint
    and tells the owner. Costs one small query while there are no routes.
    """
    if not _has_routes():
        return NOWHERE
    rows = Route.objects.filter(
        models.Q(category=None) | models.Q(category=case.category_id),
        withdrawn_at=None,
        path__in=_paths_to(case.area_path),
    ).select_related("organization", "endpoint")
    routes = {row.pk: row for row in rows}
    if not routes:
        return NOWHERE
    lines = [RouteLine(row.pk, row.path, row.category_id) for row in routes.values()]
    found = counting(look(lines, path=case.area_path, category=case.category_id))
    if found is None:
        return NOWHERE
    route = routes[found.key]
    case.organization = route.organization
    owner = owner_by(route, case.area_id, at=at)
    beside: list[models.Model] = []
    if owner is not None:
        case.owner = owner
        beside = [
            Round(case=case, number=1, owner=owner),
            Participant(case=case, person=owner, part=Participant.Part.OWNER, since=at),
            Entry(
                case=case,
                round_number=1,
                deed=Entry.Deed.ASSIGNED,
                said_by=ROUTED_BY,
                at=at,
                to_person=owner,
                to_organization=route.organization,
            ),
        ]
    endpoint = route.endpoint if route.endpoint is None or route.endpoint.is_active else None
    return Placed(tuple(beside), endpoint, route.service_code, owner)


def _has_routes() -> bool:
    """Return whether any route is in force: asked with every case, so without the ORM."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM cases_route WHERE withdrawn_at IS NULL LIMIT 1")
        return cursor.fetchone() is not None


def follow_up(case: Case, placed: Placed, *, at: datetime) -> None:
    """Send a case that was written to the outside system of its route, and tell its owner.

    What a confidential reporter wrote is not sent: how somebody writes may tell who it is.
    """
    if placed.endpoint is not None and not confides(case):
        hand_off(case=case, endpoint=placed.endpoint, service_code=placed.service_code, at=at)
    if placed.owner is not None:
        notices.tell([placed.owner], "case.assigned", case, at=at)


def confides(case: Case) -> bool:
    """Return whether the reporter of a case stays confidential."""
    return Reporter.objects.filter(case=case, is_confidential=True).exists()


def owner_by(route: Route, area_id: int, *, at: datetime) -> Person | None:
    """Return who owns a case at once by a route: whoever acts as lead of the place, or nobody."""
    if route.owner != Route.Owner.LEAD:
        return None
    acting = assignments.acting_on([area_id], clock.day_of(at)).get(area_id)
    return Person.objects.filter(pk=acting).first() if acting is not None else None


def _paths_to(path: str) -> list[str]:
    """Return the paths from everywhere ("") down to the place itself."""
    return [path[:end] for end in range(0, len(path) + 1, tree.STEP)]


# --- the table ------------------------------------------------------------------------------------


@transaction.atomic
def add_route(
    *,
    area: Area | None,
    category: Category | None,
    organization: Organization,
    owner: str = Route.Owner.NOBODY,
    endpoint: Endpoint | None = None,
    service_code: str = "",
    by: Person,
    at: datetime,
) -> Route:
    """Say where the cases of a place and a category belong, and return the route.

    Without a place it holds everywhere, without a category for all. RuleBroken when there is such
    a route already, InvalidValue for an endpoint without a service code.
    """
    require(by, "cases.route", area)
    check_everywhere(area, by)
    route = Route(area=area, path=area.path if area is not None else "", category=category)
    _fill(route, organization, owner, endpoint, service_code)
    route.made_by, route.made_at = by, at
    _save(route)
    audit.record("case.route_added", by=by, subject=route, at=at, after=_snapshot(route))
    return route


@transaction.atomic
def change_route(
    *,
    route: Route,
    organization: Organization,
    owner: str,
    endpoint: Endpoint | None,
    service_code: str,
    by: Person,
    at: datetime,
) -> Route:
    """Change whom a route leads to; cases that were raised before stay where they are."""
    _require(route, by)
    held = Route.objects.select_for_update().filter(pk=route.pk, withdrawn_at=None).first()
    if held is None:
        raise StaleState(_("Somebody else has already withdrawn this route."))
    before = _snapshot(held)
    _fill(held, organization, owner, endpoint, service_code)
    _save(held)
    audit.record(
        "case.route_changed", by=by, subject=held, at=at, before=before, after=_snapshot(held)
    )
    return held


@transaction.atomic
def withdraw_route(*, route: Route, by: Person, at: datetime) -> None:
    """Let a route no longer count; cases that were raised before stay where they are."""
    _require(route, by)
    if not Route.objects.filter(pk=route.pk, withdrawn_at=None).update(withdrawn_at=at):
        raise StaleState(_("Somebody else has already withdrawn this route."))
    route.withdrawn_at = at
    audit.record("case.route_withdrawn", by=by, subject=route, at=at, before=_snapshot(route))


def _require(route: Route, by: Person) -> None:
    require(by, *deed_on(route.area))


def deed_on(area: Area | None) -> tuple[str, Area | None]:
    """Return what somebody has to be allowed to set a rule of a place, or of everywhere."""
    return ("cases.route", area) if area is not None else ("cases.route_all", None)


def check_everywhere(area: Area | None, by: Person) -> None:
    """Raise InvalidValue when somebody of a place would set what holds everywhere."""
    if area is None and not may(by, *deed_on(area)):
        raise InvalidValue(_("Choose a place: you do not set this everywhere."), field="area")


def _fill(
    route: Route,
    organization: Organization,
    owner: str,
    endpoint: Endpoint | None,
    service_code: str,
) -> None:
    if owner not in Route.Owner.values:
        raise InvalidValue(_("Choose who owns the case at once."), field="owner")
    if endpoint is not None and not service_code.strip():
        raise InvalidValue(
            _("Write the service code by which the other system knows this kind of case."),
            field="service_code",
        )
    route.organization, route.owner = organization, owner
    route.endpoint = endpoint
    route.service_code = service_code.strip() if endpoint is not None else ""


def _save(route: Route) -> None:
    try:
        with transaction.atomic():
            route.save()
    except IntegrityError as already:
        raise RuleBroken(
            _("There is a route for this place and category already. Change that one.")
        ) from already


def _snapshot(route: Route) -> dict[str, Any]:
    return {
        "area": route.area_id,
        "category": route.category_id,
        "organization": route.organization_id,
        "owner": str(route.owner),
        "endpoint": route.endpoint_id,
        "service_code": route.service_code,
    }
