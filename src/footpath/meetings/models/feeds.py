"""Feed: a secret address at which a calendar program reads meetings (iCalendar, RFC 5545)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from footpath.directory.models import Area, Organization, Person


class Feed(models.Model):
    """A secret address of somebody; it shows what that person may read, until it is revoked."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="feeds")
    # Neither: the person's own duties. One of them: the meetings of that place or organization.
    area = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="feeds"
    )
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="feeds"
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    language = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = (
            models.CheckConstraint(
                condition=models.Q(area=None) | models.Q(organization=None),
                name="feed_of_one_thing",
            ),
        )
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self) -> str:
        return f"{self.person}: {self.area or self.organization or ''}"
