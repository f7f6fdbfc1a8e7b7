"""Convene, move and cancel a meeting, and invite to it; nobody is called to two places at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.core import clock, tree
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Area, Organization, Person
from footpath.meetings import notices, rules, selectors
from footpath.meetings.models import Duty, Hall, Meeting, MeetingKind
from footpath.meetings.services.days import check_day, extraordinary
from footpath.meetings.services.drawing import draw_duties
from footpath.meetings.services.expecting import refuse_clash, settle_elsewhere
from footpath.meetings.services.halls import refuse_taken
from footpath.meetings.services.minutes import refuse_when_approved
from footpath.meetings.services.values import (
    check_times,
    line,
    lock_people,
    refuse_unless,
    snapshot,
    touched,
)

MOST_TRIED = 12
"""How many free days of the rules are tried for the hall and the people."""


@transaction.atomic
def convene_meeting(  # noqa: PLR0913 - everything that is known of a meeting
    *,
    kind: MeetingKind,
    area: Area,
    starts_at: datetime,
    ends_at: datetime,
    by: Person,
    at: datetime,
    where: str = "",
    agenda: str = "",
    title: str = "",
    organization: Organization | None = None,
    hall: Hall | None = None,
    extraordinary_reason: str = "",
    client_key: UUID | None = None,
) -> Meeting:
    """Convene a meeting of a place and return it with its duty list.

    Whoever is in charge of the place on the day of the meeting has the duty to attend and is told.
    The same ``client_key``, or the same again of the same person, kind, place, time and title,
    gives the first meeting back. Raises InvalidValue when it would end before it begins,
    DayRefused when a day rule forbids it, HallTaken when the hall is closed or full, and
    ExpectedElsewhere when somebody is expected in another meeting then. Source: S2.2.
    """
    require(by, "meetings.convene", area)
    check_times(starts_at, ends_at)
    # Of a form sent twice, also at once, the second finds the meeting of the first.
    Area.objects.select_for_update(no_key=True).get(pk=area.pk)
    title = line(title, field="title")
    already = _already(
        client_key, by, kind=kind, area=area, starts_at=starts_at, ends_at=ends_at, title=title
    )
    if already is not None:
        return already
    set_aside = check_day(
        kind=kind,
        area=area,
        organization=organization,
        starts_at=starts_at,
        ends_at=ends_at,
        by=by,
        extraordinary_reason=extraordinary_reason,
    )
    refuse_taken(hall, starts_at, ends_at)
    refuse_clash(_due(kind, area, starts_at), starts_at, ends_at)
    meeting = Meeting(
        kind=kind,
        area=area,
        organization=organization,
        starts_at=starts_at,
        ends_at=ends_at,
        hall=hall,
        where=line(where, field="where"),
        agenda=agenda.strip(),
        title=title,
        convened_by=by,
        changed_at=at,
        client_key=client_key,
        **extraordinary(set_aside, reason=extraordinary_reason, by=by),
        **tree.ancestor_values(area.path),
    )
    meeting.save(force_insert=True)
    draw_duties(meeting, by=by)
    audit.record("meeting.convened", by=by, subject=meeting, at=at, after=snapshot(meeting))
    notices.tell(_called(meeting), "meeting.invited", meeting, at=at)
    return meeting


@transaction.atomic
def add_duty(*, meeting: Meeting, person: Person, by: Person, at: datetime) -> Duty:
    """Invite somebody who is not in charge of the place; twice changes nothing.

    Raises ExpectedElsewhere when the person is expected in another meeting then.
    """
    require(by, "meetings.convene", meeting)
    _lock(meeting)
    refuse_when_approved(meeting)
    refuse_unless(meeting, rules.State.PLANNED, rules.State.HELD)
    lock_people([person.pk])
    there = Duty.objects.filter(meeting=meeting, person=person).first()
    if there is not None:
        return there
    if meeting.state == rules.State.PLANNED:
        refuse_clash([person.pk], meeting.starts_at, meeting.ends_at, besides=[meeting.pk])
    duty = Duty.objects.create(meeting=meeting, person=person)
    audit.record("meeting.invited", by=by, subject=meeting, at=at, after={"person": person.pk})
    notices.tell([person], "meeting.invited", meeting, at=at, key="invited")
    return duty


@dataclass(frozen=True)
class Invited:
    """What became of inviting many: who is on the list now, and who is expected elsewhere."""

    called: list[Person]
    busy: list[Person]


@transaction.atomic
def invite_organization(
    *, meeting: Meeting, organization: Organization, by: Person, at: datetime
) -> Invited:
    """Invite everybody who belongs to an organization on the day of the meeting.

    Who is expected elsewhere then is left out and named; who is on the list stays there. Raises
    RuleBroken when nobody belongs to it.
    """
    require(by, "meetings.convene", meeting)
    _lock(meeting)
    refuse_unless(meeting, rules.State.PLANNED)
    day = clock.day_of(meeting.starts_at)
    people = {
        person.pk: person
        for person in Person.objects.filter(
            Q(memberships__until=None) | Q(memberships__until__gte=day),
            memberships__organization=organization,
            memberships__start__lte=day,
        ).order_by("name", "pk")
    }
    if not people:
        raise RuleBroken(
            _("Nobody belongs to %(organization)s on that day.")
            % {"organization": organization.name}
        )
    lock_people(people)
    there = set(Duty.objects.filter(meeting=meeting).values_list("person_id", flat=True))
    fresh = [pk for pk in people if pk not in there]
    found = selectors.expected_elsewhere(
        fresh, meeting.starts_at, meeting.ends_at, besides=[meeting.pk]
    )
    busy = {person.pk for clash in found for person in clash.people}
    called = [people[pk] for pk in fresh if pk not in busy]
    Duty.objects.bulk_create(Duty(meeting=meeting, person=person) for person in called)
    if called:
        audit.record(
            "meeting.invited",
            by=by,
            subject=meeting,
            at=at,
            after={"organization": organization.pk, "people": [person.pk for person in called]},
        )
        notices.tell(called, "meeting.invited", meeting, at=at, key="invited")
    return Invited(called, [people[pk] for pk in fresh if pk in busy])


@transaction.atomic
def remove_duty(*, duty: Duty, by: Person, at: datetime) -> None:
    """Take an invitation back; a duty that comes from an assignment stays (RuleBroken)."""
    meeting = duty.meeting
    require(by, "meetings.convene", meeting)
    _lock(meeting)
    refuse_unless(meeting, rules.State.PLANNED)
    if duty.assignment_id is not None:
        raise RuleBroken(
            _("%(person)s is in charge of this place and has to attend. Leave needs a reason.")
            % {"person": duty.person.name}
        )
    removed, _rows = Duty.objects.filter(pk=duty.pk, assignment=None).delete()
    if not removed:
        raise StaleState(_("Somebody else has already taken this invitation back."))
    audit.record(
        "meeting.uninvited", by=by, subject=meeting, at=at, before={"person": duty.person_id}
    )
    settle_elsewhere(pk for pk in (duty.person_id, duty.substitute_id) if pk is not None)


@transaction.atomic
def move_meeting(
    *,
    meeting: Meeting,
    starts_at: datetime,
    ends_at: datetime,
    by: Person,
    at: datetime,
    where: str | None = None,
    hall: Hall | None = None,
    extraordinary_reason: str = "",
) -> None:
    """Move a planned meeting to another time or room; the duty list follows the new day.

    ``where`` None keeps where it is, hall and words; otherwise ``hall`` is the new hall, or none.
    Everybody on the list is told at once. Raises StaleState when it was held, cancelled or moved
    in the meantime, and refuses as ``convene_meeting`` does. Source: S2.2.
    """
    require(by, "meetings.convene", meeting)
    check_times(starts_at, ends_at)
    _lock(meeting, starts_at=meeting.starts_at)
    before = snapshot(meeting)
    place = meeting.where if where is None else line(where, field="where")
    room = meeting.hall if where is None else hall
    same = (starts_at, ends_at) == (meeting.starts_at, meeting.ends_at)
    reason: dict[str, object] = {}
    if not same:
        set_aside = check_day(
            kind=meeting.kind,
            area=meeting.area,
            organization=meeting.organization,
            starts_at=starts_at,
            ends_at=ends_at,
            by=by,
            extraordinary_reason=extraordinary_reason,
            besides=meeting,
        )
        reason = extraordinary(set_aside, reason=extraordinary_reason, by=by)
    if not same or room != meeting.hall:
        refuse_taken(room, starts_at, ends_at, besides=[meeting.pk])
    was_called = _called(meeting)
    if not same:
        wanted = _wanted_at(meeting, starts_at)
        refuse_clash(wanted, starts_at, ends_at, besides=[meeting.pk])
    values = {"starts_at": starts_at, "ends_at": ends_at, "where": place, "hall": room} | reason
    Meeting.objects.filter(pk=meeting.pk).update(**values, **touched(meeting, at))
    for name, value in values.items():
        setattr(meeting, name, value)
    freed = set(Duty.objects.filter(elsewhere=meeting).values_list("person_id", flat=True))
    draw_duties(meeting, by=by)
    settle_elsewhere(freed)
    audit.record(
        "meeting.moved", by=by, subject=meeting, at=at, before=before, after=snapshot(meeting)
    )
    told = {person.pk: person for person in (*was_called, *_called(meeting))}
    notices.tell(told.values(), "meeting.moved", meeting, at=at)


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, reason: str, by: Person, at: datetime) -> None:
    """Cancel a planned meeting with a reason (InvalidValue without one); those called are told."""
    require(by, "meetings.convene", meeting)
    reason = line(reason, field="reason")
    if not reason:
        raise InvalidValue(_("Say why the meeting is cancelled."), field="reason")
    before = snapshot(meeting)
    changed = Meeting.objects.filter(pk=meeting.pk, state=rules.State.PLANNED).update(
        state=rules.State.CANCELLED, cancel_reason=reason, **touched(meeting, at)
    )
    if not changed:
        raise StaleState(_("This meeting has already been held or cancelled."))
    meeting.state, meeting.cancel_reason = Meeting.State.CANCELLED, reason
    settle_elsewhere(Duty.objects.filter(elsewhere=meeting).values_list("person_id", flat=True))
    audit.record(
        "meeting.cancelled", by=by, subject=meeting, at=at, before=before, after=snapshot(meeting)
    )
    notices.tell(_called(meeting), "meeting.cancelled", meeting, at=at, values={"reason": reason})


def free_days_for(
    *,
    kind: MeetingKind,
    area: Area,
    starts_at: datetime,
    ends_at: datetime,
    organization: Organization | None = None,
    hall: Hall | None = None,
    besides: Meeting | None = None,
    limit: int = 3,
) -> list[date]:
    """Return the next days on which such a meeting is free of rules, in its hall, and for people.

    At the same hours, after the day it was asked for. A few queries for each day that is tried.
    """
    day = clock.day_of(starts_at)
    hours = timezone.localtime(starts_at).time()
    lasts = ends_at - starts_at
    found: list[date] = []
    for free in selectors.next_free_days(
        kind=kind,
        area=area,
        organization=organization,
        after=day,
        limit=MOST_TRIED,
        besides=besides,
    ):
        begins = timezone.make_aware(datetime.combine(free, hours))
        if _is_free(kind, area, begins, begins + lasts, hall=hall, besides=besides):
            found.append(free)
            if len(found) == limit:
                break
    return found


def _is_free(
    kind: MeetingKind,
    area: Area,
    starts_at: datetime,
    ends_at: datetime,
    *,
    hall: Hall | None,
    besides: Meeting | None,
) -> bool:
    keys = [] if besides is None else [besides.pk]
    if hall is not None:
        if selectors.closure_of(hall, clock.day_of(starts_at), clock.day_of(ends_at)):
            return False
        others = selectors.meetings_in_hall(hall, starts_at, ends_at, besides=keys)
        if rules.most_at_once((row.starts_at, row.ends_at) for row in others) >= hall.at_once:
            return False
    people = _due(kind, area, starts_at) if besides is None else _wanted_at(besides, starts_at)
    return not selectors.expected_elsewhere(people, starts_at, ends_at, besides=keys)


def _already(client_key: UUID | None, by: Person, **values: object) -> Meeting | None:
    """Return the meeting that the same form, or the same again, has made before."""
    if client_key is not None:
        sent = Meeting.objects.filter(client_key=client_key).first()
        if sent is not None and sent.convened_by_id != by.pk:
            raise InvalidValue(
                _("This key was already used for another record."), field="client_key"
            )
        if sent is not None:
            return sent
    return Meeting.objects.filter(convened_by=by, state=rules.State.PLANNED, **values).first()


def _due(kind: MeetingKind, area: Area, starts_at: datetime) -> set[int]:
    """Return who has to attend a meeting of the place on a day."""
    day = clock.day_of(starts_at)
    book = selectors.due_book([area.pk], day, day)
    return set(book.due(area.pk, day, first_only=kind.counts_heads))


def _wanted_at(meeting: Meeting, starts_at: datetime) -> set[int]:
    """Return who would be expected if the meeting moved: who is due then, and who was invited.

    Whoever is on the list but expected elsewhere now does not stand in the way.
    """
    due = _due(meeting.kind, meeting.area, starts_at)
    people = set()
    for duty in Duty.objects.filter(meeting=meeting):
        if duty.elsewhere_id is not None:
            due.discard(duty.person_id)
        elif duty.attendance == rules.Attendance.SUBSTITUTE:
            due.discard(duty.person_id)
            if duty.substitute_id is not None:
                people.add(duty.substitute_id)
        elif duty.attendance == rules.Attendance.EXCUSED:
            due.discard(duty.person_id)
        elif duty.assignment_id is None or duty.person_id in due:
            people.add(duty.person_id)
    return people | due


def _called(meeting: Meeting) -> list[Person]:
    """Return the people on the duty list, those excused left out, with whoever comes instead."""
    keys = selectors.expected_in([meeting.pk])[meeting.pk]
    return list(Person.objects.filter(pk__in=keys).order_by("pk"))


def _lock(meeting: Meeting, *, starts_at: datetime | None = None) -> None:
    """Take the meeting for this deed alone, and its state as it is now.

    With ``starts_at`` raises StaleState unless it is planned and stands there still.
    """
    now = Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)
    meeting.state = now.state
    if starts_at is not None and (now.state != rules.State.PLANNED or now.starts_at != starts_at):
        raise StaleState(_("This meeting has been held, cancelled or moved in the meantime."))
