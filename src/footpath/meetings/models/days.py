"""Day rules: on which days which meetings may be held. Source: S2.2."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from footpath.core import tree
from footpath.directory.models import Area, Person
from footpath.meetings.models.kinds import MeetingKind


class DayRule(models.Model):
    """A rule of a place about days; it holds for everything below it.

    A rule further down with the same ``code`` stands instead of the one above.
    """

    class Test(models.TextChoices):
        """What the rule asks of a day; the values are those of ``rules.days``."""

        ONLY_DAYS = "only_days", _("only on these days of the month")
        NOT_WITH = "not_with", _("not on days on which these others meet")
        WORKING_DAYS = "working_days", _("only on working days")
        DAYS_OFF = "days_off", _("only on days off")
        WEEKDAYS = "weekdays", _("only on these days of the week")

    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="day_rules", verbose_name=_("place")
    )
    path = tree.PathField(db_index=True, editable=False)
    code = models.SlugField(_("code"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    test = models.CharField(_("what it asks"), max_length=20, choices=Test.choices)
    # For whom: meetings of offices among themselves, or kinds; neither means every meeting.
    of_offices = models.BooleanField(_("meetings of offices among themselves"), default=False)
    kinds = models.ManyToManyField(
        MeetingKind, blank=True, related_name="day_rules", verbose_name=_("kinds of meetings")
    )
    days = models.JSONField(_("days"), default=list, blank=True)  # 1 … 31, or weekdays 0 … 6
    # A day of the month that is a day off: the next working day stands instead.
    next_working_day = models.BooleanField(
        _("the next working day instead of a day off"), default=False
    )
    others = models.ManyToManyField(
        MeetingKind,
        blank=True,
        related_name="kept_free_by",
        verbose_name=_("kinds whose days are kept free"),
    )
    basis = models.CharField(_("basis"), max_length=200, blank=True)
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until, included"), null=True, blank=True)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["path", "code", "pk"]
        constraints = (
            models.UniqueConstraint(
                fields=["area", "code"],
                condition=models.Q(valid_until=None),
                name="day_rule_once_in_place",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until=None)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="day_rule_ends_after",
            ),
        )
        verbose_name = _("day rule")
        verbose_name_plural = _("day rules")

    def __str__(self) -> str:
        return self.title
