"""Meeting: a dated occurrence, of a series or by itself. Source: S2.2."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from footpath.core import tree
from footpath.directory.models import Area, Organization, Person
from footpath.meetings.models.halls import Hall
from footpath.meetings.models.kinds import MeetingKind
from footpath.meetings.models.series import Series


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
    organization = models.ForeignKey(
        Organization,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="meetings",
        verbose_name=_("whose meeting"),
    )
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    hall = models.ForeignKey(
        Hall,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="meetings",
        verbose_name=_("hall"),
    )
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

    # A meeting of a series keeps the day that the rule gave it, wherever it is moved to.
    series = models.ForeignKey(
        Series, null=True, blank=True, on_delete=models.PROTECT, related_name="meetings"
    )
    occurrence_on = models.DateField(null=True, editable=False)
    # How often what a calendar shows has changed: SEQUENCE of iCalendar; and when it last did.
    sequence = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(null=True, editable=False)
    # Held against a day rule: a named person's reason. Such meetings are counted. Source: S2.2.
    extraordinary_reason = models.CharField(
        _("why it cannot wait for another day"), max_length=200, blank=True
    )
    extraordinary_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # A running session on the big screen, and the code shown in the room.
    opened_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    room_secret = models.CharField(max_length=64, blank=True, editable=False)
    # A study session.
    topic = models.CharField(_("topic"), max_length=200, blank=True)
    material = models.TextField(_("material"), blank=True)
    material_file = models.FileField(_("file"), upload_to="meetings/%Y/%m/", blank=True)
    material_name = models.CharField(max_length=200, blank=True, editable=False)
    client_key = models.UUIDField(null=True, unique=True, editable=False)

    objects: ClassVar[MeetingQuerySet] = MeetingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="meeting_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["series", "occurrence_on"], name="meeting_once_an_occurrence"
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
        return self.name

    @property
    def name(self) -> str:
        """Return what it is called: its title, or its kind and place in the reader's language."""
        return self.title or f"{self.kind.name}, {self.area.name}"

    def get_absolute_url(self) -> str:
        """Return the meeting's page."""
        return reverse("meetings:meeting", args=[self.pk])
