"""Filters of the ledger that somebody keeps."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from footpath.directory.models import Person


class SavedView(models.Model):
    """A filter of the ledger that somebody keeps under a name."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="case_views")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=500)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "name"], name="savedview_name_of_person"),
        )

    def __str__(self) -> str:
        return self.name
