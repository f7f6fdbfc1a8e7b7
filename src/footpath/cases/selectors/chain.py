"""Who stands above a case: the posts of the chain, as the rules ask for them."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from footpath.accounts.rules import Role
from footpath.assignments import selectors as assignments
from footpath.assignments.models import Assignment, Cluster
from footpath.assignments.rules import Span
from footpath.cases.models import Case, Clock, ClockKind, Participant
from footpath.cases.rules.chain import Post, Rung
from footpath.cases.selectors.around import waiting_of
from footpath.core import tree
from footpath.directory.models import Membership, Organization


def posts_above(case: Case, *, on: date) -> list[Post]:
    """Return the posts of the chain above a case on a day, in their order."""
    ids = tree.ids_of(case.area_path)
    leads = assignments.lead_of(ids, on=on)
    acting = assignments.acting_on(ids, on)
    clusters = _cluster_leads(ids, on=on)
    found: list[Post] = []
    lowest = len(ids) - 1
    for level in range(lowest, -1, -1):
        place = ids[level]
        if level < lowest and place in leads:
            lead = leads[place].pk
            found.append(Post(Rung.TIER, level, lead, acting.get(place)))
        if place in clusters:
            found.append(Post(Rung.CLUSTER, level, clusters[place]))
        if level == lowest:
            found += [Post(Rung.UNIT, level, head) for head in _heads(case, ids, on=on)]
    return found


def absent_of(posts: list[Post], *, on: date) -> frozenset[int]:
    """Return those of the chain who are absent on a day."""
    people = {post.holder for post in posts} | {post.stand_in for post in posts if post.stand_in}
    day = Span(on, on)
    return frozenset(away.person for away in assignments.away(people, day))


def responsible_for(case: Case) -> frozenset[int]:
    """Return the owner and everybody whom an escalation has made responsible."""
    rows = Participant.objects.filter(case=case, part=Participant.Part.RESPONSIBLE)
    found = set(rows.values_list("person_id", flat=True))
    return frozenset(found | ({case.owner_id} if case.owner_id is not None else set()))


def passed_over_for(case: Case, *, on: date) -> frozenset[int]:
    """Return who is not asked when a case goes up: whoever is responsible already.

    While it waits for its verification also whoever worked on it, because they cannot verify, and
    whom it waits for.
    """
    found = responsible_for(case)
    if case.state != Case.State.RECTIFIED:
        return found
    worked = Participant.objects.filter(case=case, part__in=Participant.WORKED)
    found |= frozenset(worked.values_list("person_id", flat=True))
    clock = verify_clock_of(case)
    waiting = waiting_of([clock], on=on) if clock is not None else {}
    return found | {person.pk for person in waiting.values()}


def verify_clock_of(case: Case) -> Clock | None:
    """Return the clock of the verification that a case waits for, or None."""
    running = Clock.objects.filter(case=case, kind=ClockKind.VERIFY, stopped_at=None)
    return running.select_related("case__area").first()


def nearest_agency(case: Case) -> Organization | None:
    """Return the agency of the nearest place at or above the case, if there is just one there."""
    agencies = Organization.objects.filter(
        area__in=tree.ids_of(case.area_path), kind=Organization.Kind.AGENCY
    )
    rows = list(agencies.select_related("area").order_by("-area__path", "pk")[:2])
    if not rows or (len(rows) == 2 and rows[0].area_id == rows[1].area_id):
        return None
    return rows[0]


def _cluster_leads(ids: list[int], *, on: date) -> dict[int, int]:
    """Return who leads the cluster of each place, by the place's key."""
    rows = Cluster.objects.filter(members__in=ids).exclude(lead=None)
    found: dict[int, int] = {
        place: lead for place, lead in rows.order_by("-pk").values_list("members", "lead") if lead
    }
    assigned = Assignment.objects.in_force(on).filter(
        area__in=ids, role=Assignment.Role.CLUSTER_LEAD
    )
    found |= {row.area_id: row.person_id for row in assigned if row.area_id is not None}
    return {place: lead for place, lead in found.items() if place in ids}


def _heads(case: Case, ids: list[int], *, on: date) -> list[int]:
    """Return who heads the organization of the case, or the nearest office at or above it."""
    rows = Membership.objects.filter(
        Q(until=None) | Q(until__gte=on), start__lte=on, post__role=Role.HEAD
    )
    if case.organization_id is not None:
        rows = rows.filter(organization=case.organization_id)
    else:
        rows = rows.filter(organization__area__in=ids, organization__kind=Organization.Kind.OFFICE)
    known = list(
        rows.order_by("-organization__area__path", "organization", "start", "pk").values_list(
            "organization", "person"
        )
    )
    return [person for unit, person in known if unit == known[0][0]]
