"""What the timetable has done: each time of each job once, whoever asks."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class TimetableRun(models.Model):
    """One time at which a job was due; the row is the claim, so that two workers do it once."""

    class State(models.TextChoices):
        """How far the run has come."""

        CLAIMED = "claimed"
        DONE = "done"
        FAILED = "failed"

    job = models.CharField(max_length=60)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.CLAIMED)
    claimed_by = models.CharField(max_length=80)
    claimed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-due_at", "job"]
        constraints = (models.UniqueConstraint(fields=["job", "due_at"], name="timetable_once"),)

    def __str__(self) -> str:
        return f"{self.job}, {self.due_at:%Y-%m-%d %H:%M}: {self.state}"
