"""The only place that reads the time. Deeds take ``at``; views and commands call here."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """Return this moment as an aware datetime (UTC inside)."""
    return timezone.now()


def today() -> date:
    """Return today's date in the organisation's time zone (``FOOTPATH_TIME_ZONE``)."""
    return timezone.localdate()


def day_of(moment: datetime) -> date:
    """Return the calendar day of an aware moment in the organisation's time zone."""
    return timezone.localdate(moment)
