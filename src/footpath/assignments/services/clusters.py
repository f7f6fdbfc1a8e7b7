"""Clusters: places of one parent that are led together. Source: S2.1."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.assignments.models import Cluster
from footpath.core.errors import InvalidValue
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

    Who leads the cluster is put in charge of each place by ``put_in_charge``. Raises InvalidValue
    for an empty name, one that the parent already has, or a place outside it. Source: S2.1.
    """
    require(by, "assignments.assign", area)
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
    try:
        with transaction.atomic():
            cluster = Cluster.objects.create(name=name, area=area, lead=lead)
    except IntegrityError as taken:
        raise InvalidValue(
            _("%(parent)s already has a cluster “%(name)s”.") % {"parent": area.name, "name": name},
            field="name",
        ) from taken
    cluster.members.set(members)
    audit.record(
        "assignment.cluster_made",
        by=by,
        subject=cluster,
        at=at,
        after={"name": name, "members": sorted(place.pk for place in members)},
    )
    return cluster
