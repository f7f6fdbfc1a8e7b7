"""Meeting, the duty to attend it, and the items of its minutes. Source: S2.2."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from footpath.assignments.models import Assignment
from footpath.cases.models import Case
from footpath.core import tree
from footpath.directory.models import Area, Named, Person


class MeetingKind(Named):
    """Cell, commune, household group, professional coffee …: an organisation adds its own."""

    class Meta:
        ordering: ClassVar[list[str]] = ["code"]
        verbose_name = _("kind of meeting")
        verbose_name_plural = _("kinds of meetings")


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Filters on meetings."""

    def in_subtree(self, path: str) -> MeetingQuerySet:
        """Return the meetings of a place and everything below it; "" is everything."""
        return self.filter(tree.in_subtree(path))


class Meeting(tree.AncestorColumns):
    """A dated meeting of a place."""

    class State(models.TextChoices):
        """Where the meeting stands; the values are those of ``rules.State``."""

        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Cancelled")

    kind = models.ForeignKey(
        MeetingKind, on_delete=models.PROTECT, related_name="meetings", verbose_name=_("kind")
    )
    title = models.CharField(_("title"), max_length=200, blank=True)
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="meetings", verbose_name=_("place")
    )
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    where = models.CharField(_("where"), max_length=200, blank=True)
    agenda = models.TextField(_("agenda"), blank=True)
    state = models.CharField(
        _("state"), max_length=20, choices=State.choices, default=State.PLANNED, editable=False
    )
    convened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    held_at = models.DateTimeField(null=True, editable=False)
    headcount = models.PositiveIntegerField(_("heads counted"), null=True, blank=True)
    minutes = models.TextField(_("minutes"), blank=True)
    cancel_reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects: ClassVar[MeetingQuerySet] = MeetingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="meeting_ends_after_it_begins",
            ),
        )
        indexes = (
            *(
                models.Index(fields=[f"a{level}", "starts_at", "id"], name=f"meeting_a{level}")
                for level in range(tree.LEVELS)
            ),
            models.Index(fields=["starts_at", "id"], name="meeting_starts"),
        )
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")

    def __str__(self) -> str:
        return self.title or f"{self.kind}, {self.area}"

    def get_absolute_url(self) -> str:
        """Return the meeting's page."""
        return reverse("meetings:meeting", args=[self.pk])


class Duty(models.Model):
    """A person's duty to attend a meeting, drawn from the assignments, and what became of it."""

    class Attendance(models.TextChoices):
        """What became of the duty; the values are those of ``rules.Attendance``."""

        UNKNOWN = "unknown", _("Not yet known")
        PRESENT = "present", _("Present")
        LATE = "late", _("Late")
        EXCUSED = "excused", _("Excused")
        SUBSTITUTE = "substitute", _("Substitute came")
        ABSENT = "absent", _("Absent")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="duties")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="duties")
    assignment = models.ForeignKey(
        Assignment, null=True, on_delete=models.PROTECT, related_name="duties"
    )
    attendance = models.CharField(
        max_length=20, choices=Attendance.choices, default=Attendance.UNKNOWN
    )
    substitute = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["meeting", "person"], name="duty_once_a_meeting"),
        )
        verbose_name = _("duty to attend")
        verbose_name_plural = _("duties to attend")

    def __str__(self) -> str:
        return f"{self.person}: {self.attendance}"


class MinuteItem(models.Model):
    """One item of the minutes; a difficulty becomes a case and the item keeps the link (S0.1)."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(_("what was said"))
    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="minute_items"
    )
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]
        constraints = (
            models.UniqueConstraint(fields=["meeting", "number"], name="item_number_in_meeting"),
        )

    def __str__(self) -> str:
        return f"{self.number}. {self.text[:40]}"
