"""Duty to attend a meeting, and leave from it. Source: S2.2."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from footpath.assignments.models import Assignment
from footpath.directory.models import Person
from footpath.meetings.models.meetings import Meeting


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
    # In charge here, but expected in another meeting at the same time: not expected in this one.
    elsewhere = models.ForeignKey(
        Meeting, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    checked_in_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["meeting", "person"], name="duty_once_a_meeting"),
        )
        verbose_name = _("duty to attend")
        verbose_name_plural = _("duties to attend")

    def __str__(self) -> str:
        return f"{self.person}: {self.attendance}"


class Leave(models.Model):
    """Somebody asks to stay away from a meeting, with a reason and, if they can, a deputy."""

    class State(models.TextChoices):
        """What became of it; the values are those of ``rules.LeaveState``."""

        ASKED = "asked", _("Asked for")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Answer(models.TextChoices):
        """What the deputy said."""

        NONE = "", _("No answer yet")
        YES = "yes", _("Comes instead")
        NO = "no", _("Cannot come")

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="leaves")
    reason = models.CharField(_("reason"), max_length=200)
    deputy = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("who comes instead"),
    )
    answer = models.CharField(
        max_length=10, choices=Answer.choices, default=Answer.NONE, blank=True
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = (
            models.UniqueConstraint(
                fields=["duty"],
                condition=models.Q(state__in=["asked", "granted"]),
                name="leave_once_a_duty",
            ),
        )
        verbose_name = _("leave from a meeting")
        verbose_name_plural = _("leaves from meetings")

    def __str__(self) -> str:
        return f"{self.duty}: {self.state}"
