"""Beginning a series of meetings of a place. Source: S2.2."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.core import clock
from footpath.core.errors import InvalidValue
from footpath.directory.models import Area, Organization, Person
from footpath.meetings.models import Hall, MeetingKind, Series
from footpath.meetings.services.series.making import ahead, make_meetings
from footpath.meetings.services.series.shape import check, snapshot_of, understood
from footpath.meetings.services.values import line


@transaction.atomic
def create_series(  # noqa: PLR0913 - everything that is known of a series
    *,
    kind: MeetingKind,
    area: Area,
    rrule: str,
    first_day: date,
    begins: time,
    minutes: int,
    by: Person,
    at: datetime,
    last_day: date | None = None,
    title: str = "",
    organization: Organization | None = None,
    hall: Hall | None = None,
    where: str = "",
    agenda: str = "",
    client_key: UUID | None = None,
) -> Series:
    """Begin a series of meetings of a place and make its meetings for the next 13 months.

    The same ``client_key`` gives the first series back. No day and no hall is refused: a meeting
    on a day that a rule forbids is made and shows that it needs another day, one whose hall is
    taken is made without a hall, and who is expected elsewhere is not expected here. Raises
    InvalidValue for a rule that is not understood.
    """
    require(by, "meetings.convene", area)
    rule = understood(rrule, first_day=first_day)
    check(first_day, last_day, minutes)
    Area.objects.select_for_update(no_key=True).get(pk=area.pk)
    if client_key is not None:
        sent = Series.objects.filter(client_key=client_key).first()
        if sent is not None and sent.convened_by_id != by.pk:
            raise InvalidValue(
                _("This key was already used for another record."), field="client_key"
            )
        if sent is not None:
            return sent
    series = Series.objects.create(
        kind=kind,
        title=line(title, field="title"),
        area=area,
        path=area.path,
        organization=organization,
        rrule=str(rule),
        first_day=first_day,
        last_day=last_day,
        begins=begins,
        minutes=minutes,
        hall=hall,
        where=line(where, field="where"),
        agenda=agenda.strip(),
        convened_by=by,
        created_at=at,
        client_key=client_key,
    )
    audit.record("series.created", by=by, subject=series, at=at, after=snapshot_of(series))
    make_meetings([series], until=ahead(clock.day_of(at)), at=at, by=by)
    series.refresh_from_db()
    return series
