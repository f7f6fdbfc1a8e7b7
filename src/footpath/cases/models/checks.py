"""Spot checks of what was confirmed, drawn at random. Source: S4.4."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from footpath.cases.models.thread import Round
from footpath.directory.models import Person


class SpotCheck(models.Model):
    """A confirmed round that a third person looks at again; the seed lets anybody draw it anew."""

    round = models.OneToOneField(Round, on_delete=models.CASCADE, related_name="spot_check")
    seed = models.CharField(max_length=80)
    drawn_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()
    result = models.CharField(max_length=20, choices=Round.Result.choices, blank=True)
    checked_by = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="spot_checks"
    )
    checked_at = models.DateTimeField(null=True)
    text = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-drawn_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.result or 'open'}"
