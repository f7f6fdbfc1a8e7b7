"""Places, organizations and people, and the calendar they live by."""

from footpath.directory.models.calendar import CalendarYear, OfficeHours, SpecialDay
from footpath.directory.models.units import (
    Area,
    AreaQuerySet,
    ImportRun,
    Membership,
    Named,
    Organization,
    Person,
    Post,
    Tier,
)

__all__ = [
    "Area",
    "AreaQuerySet",
    "CalendarYear",
    "ImportRun",
    "Membership",
    "Named",
    "OfficeHours",
    "Organization",
    "Person",
    "Post",
    "SpecialDay",
    "Tier",
]
