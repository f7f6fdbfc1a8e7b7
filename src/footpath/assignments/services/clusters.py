"""Clusters: places of one parent that are led together. Source: S2.1."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.assignments.models import Assignment, BasisDocument, Cluster
from footpath.assignments.services.replacing import Change, replace_together
from footpath.core.errors import InvalidValue, RuleBroken
from footpath.directory.models import Area, Person


@transaction.atomic
def create_cluster(
    *,
    name: str,
    area: Area,
    members: Sequence[Area],
    by: Person,
    at: datetime,
    lead: Person | None = None,
) -> Cluster:
    """Put places of one parent together in a cluster and return it.

    Who leads the cluster is put in charge of each place by ``lead_cluster``. Raises InvalidValue
    for an empty name, one that the parent already has, or a place outside it. Source: S2.1.
    """
    require(by, "assignments.assign", area)
    name = _checked(name, area, members)
    try:
        with transaction.atomic():
            cluster = Cluster.objects.create(name=name, area=area, lead=lead)
    except IntegrityError as taken:
        raise _taken(name, area) from taken
    cluster.members.set(members)
    audit.record(
        "assignment.cluster_made",
        by=by,
        subject=cluster,
        at=at,
        after={"name": name, "members": sorted(place.pk for place in members)},
    )
    return cluster


@transaction.atomic
def change_cluster(
    *, cluster: Cluster, name: str, members: Sequence[Area], by: Person, at: datetime
) -> None:
    """Change the name and the places of a cluster; raises what ``create_cluster`` raises.

    Who is in charge of the places stays as it is: ``lead_cluster`` is the deed for that.
    """
    require(by, "assignments.assign", cluster)
    name = _checked(name, cluster.area, members)
    before = {"name": cluster.name, "members": sorted(cluster.members.values_list("pk", flat=True))}
    try:
        with transaction.atomic():
            Cluster.objects.filter(pk=cluster.pk).update(name=name)
    except IntegrityError as taken:
        raise _taken(name, cluster.area) from taken
    cluster.name = name
    cluster.members.set(members)
    audit.record(
        "assignment.cluster_changed",
        by=by,
        subject=cluster,
        at=at,
        before=before,
        after={"name": name, "members": sorted(place.pk for place in members)},
    )


@transaction.atomic
def lead_cluster(
    *,
    cluster: Cluster,
    lead: Person,
    from_day: date,
    by: Person,
    at: datetime,
    basis: BasisDocument | None = None,
    note: str = "",
) -> list[Assignment]:
    """Put somebody in charge of all places of a cluster as its lead, from a day on.

    Whoever led it is in charge until the day before and hands over. Returns the new assignments;
    where the person is cluster lead already nothing changes. Source: S2.1.
    """
    require(by, "assignments.assign", cluster)
    members = list(cluster.members.select_related("tier").order_by("path"))
    if not members:
        raise RuleBroken(_("This cluster has no place yet."))
    before = cluster.lead_id
    Cluster.objects.filter(pk=cluster.pk).update(lead=lead)
    cluster.lead = lead
    made = replace_together(
        [Change(place, Assignment.Role.CLUSTER_LEAD, lead) for place in members],
        from_day=from_day,
        basis=basis,
        note=note,
        by=by,
        at=at,
    )
    audit.record(
        "assignment.cluster_led",
        by=by,
        subject=cluster,
        at=at,
        before={"lead": before},
        after={"lead": lead.pk, "from": from_day.isoformat()},
    )
    return made


def _checked(name: str, area: Area, members: Sequence[Area]) -> str:
    name = " ".join(name.split())
    if not name:
        raise InvalidValue(_("Give the cluster a name."), field="name")
    outside = next((place for place in members if not place.path.startswith(area.path)), None)
    if outside is not None:
        raise InvalidValue(
            _("%(place)s does not lie in %(parent)s.")
            % {"place": outside.name, "parent": area.name},
            field="members",
        )
    return name


def _taken(name: str, area: Area) -> InvalidValue:
    return InvalidValue(
        _("%(parent)s already has a cluster “%(name)s”.") % {"parent": area.name, "name": name},
        field="name",
    )
