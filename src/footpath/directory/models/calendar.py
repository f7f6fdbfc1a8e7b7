"""What is known about the days of a year: which years are settled, and which days are special."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from footpath.core import tree
from footpath.directory.models.units import Area, Person


class CalendarYear(models.Model):
    """A year whose holidays and swapped working days somebody has settled, and on what basis.

    Years that the package of holidays knows in full need no row. A year that neither knows is
    never guessed: what would have to count on it is refused.
    """

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    basis = models.CharField(_("basis"), max_length=200)
    settled_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["year"]
        verbose_name = _("calendar year")
        verbose_name_plural = _("calendar years")

    def __str__(self) -> str:
        return str(self.year)


class SpecialDay(models.Model):
    """Days on which a place and everything below it is closed, or works although others do not.

    On blocked days offices work as ever, but the clocks of cases stand: a flood watch, an election.
    """

    class Kind(models.TextChoices):
        """What the days are; but for the last the values are those of ``core.workdays``."""

        CLOSED = "closed", _("Closed")
        WORKING = "working", _("Working day")
        BLOCKED = "blocked", _("Blocked: clocks of cases stand")

    # Empty for the whole country: a swapped working day, a new public holiday.
    area = models.ForeignKey(
        Area,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="special_days",
        verbose_name=_("place"),
    )
    path = tree.PathField(db_index=True, editable=False, default="", blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day, included"))
    reason = models.CharField(_("reason"), max_length=200)
    noted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["first", "pk"]
        constraints = (
            models.CheckConstraint(
                condition=models.Q(last__gte=models.F("first")), name="special_day_ends_after"
            ),
        )
        verbose_name = _("special day")
        verbose_name_plural = _("special days")

    def __str__(self) -> str:
        return f"{self.first} – {self.last}: {self.reason}"


class OfficeHours(models.Model):
    """The hours in which the offices of a place and everything below it work, and their zone.

    ``hours`` has a list of spans for each weekday that is worked, Monday is "0":
    {"0": [["07:00", "11:30"], ["13:30", "17:00"]], …}. The nearest place with hours counts.
    """

    # Empty for the whole country.
    area = models.OneToOneField(
        Area,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="office_hours",
        verbose_name=_("place"),
    )
    path = tree.PathField(editable=False, default="", blank=True, unique=True)
    hours = models.JSONField(_("hours"), default=dict)
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)
    noted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["path"]
        verbose_name = _("office hours")
        verbose_name_plural = _("office hours")

    def __str__(self) -> str:
        return f"{self.path}: {self.time_zone}"
