"""Series: meetings that come again by a rule (RRULE of iCalendar, RFC 5545)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from footpath.core import tree
from footpath.directory.models import Area, Organization, Person
from footpath.meetings.models.halls import Hall
from footpath.meetings.models.kinds import MeetingKind


class Series(models.Model):
    """A meeting that comes again; its dated meetings are made 13 months ahead."""

    kind = models.ForeignKey(
        MeetingKind, on_delete=models.PROTECT, related_name="series", verbose_name=_("kind")
    )
    title = models.CharField(_("title"), max_length=200, blank=True)
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="series", verbose_name=_("place")
    )
    path = tree.PathField(db_index=True, editable=False)
    organization = models.ForeignKey(
        Organization,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="series",
        verbose_name=_("whose meeting"),
    )
    rrule = models.CharField(_("when it comes again"), max_length=200)
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until, included"), null=True, blank=True)
    begins = models.TimeField(_("begins"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=90)
    hall = models.ForeignKey(
        Hall,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="series",
        verbose_name=_("hall"),
    )
    where = models.CharField(_("where"), max_length=200, blank=True)
    agenda = models.TextField(_("agenda"), blank=True)
    convened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_until = models.DateField(null=True, editable=False)  # its meetings are there until then
    ended_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    client_key = models.UUIDField(null=True, unique=True, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = (
            models.CheckConstraint(
                condition=models.Q(last_day=None) | models.Q(last_day__gte=models.F("first_day")),
                name="series_ends_after_it_begins",
            ),
        )
        verbose_name = _("series of meetings")
        verbose_name_plural = _("series of meetings")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return what it is called: its title, or its kind and place in the reader's language."""
        return self.title or f"{self.kind.name}, {self.area.name}"

    def get_absolute_url(self) -> str:
        """Return the page of the series."""
        return reverse("meetings:series", args=[self.pk])
