"""Files of cases from other ledgers: read, mapped, tried, taken in pieces."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from footpath.directory.models import Person


class LedgerImport(models.Model):
    """One file of cases; ``done`` rows are in the ledger, whatever was stopped in between."""

    class State(models.TextChoices):
        """How far the import has come."""

        UPLOADED = "uploaded", _("To be mapped")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked")
        RUNNING = "running", _("Being taken")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", _("Failed")

    name = models.CharField(max_length=200)
    file = models.FileField(upload_to="imports/cases/%Y/")
    digest = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    rows = models.PositiveIntegerField(null=True)
    done = models.PositiveIntegerField(default=0)  # rows of the file that are dealt with
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    repeated = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    # Empty: by the command, for whoever runs the server.
    started_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)  # the last sign of life of whoever takes the rows
    finished_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"
