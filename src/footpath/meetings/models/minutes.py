"""What was said in a meeting, and the minutes that somebody approved. Source: S0.1, S0.3."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from footpath.cases.models import Case
from footpath.core import search, textsearch
from footpath.directory.models import Area, Person
from footpath.meetings.models.meetings import Meeting


class MinuteItemQuerySet(models.QuerySet["MinuteItem"]):
    """Filters on items of minutes."""

    def matching(self, typed: str) -> MinuteItemQuerySet:
        """Return the items found by what was typed, without diacritics, Chinese by pairs."""
        return search.matching(self, typed)  # type: ignore[return-value]


class MinuteItem(models.Model):
    """One item of the minutes; a difficulty becomes a case and the item keeps the link (S0.1).

    In a professional coffee each difficulty is an item: it waits, comes on the table, and is
    answered on the spot (``answer`` is guidance, found again by search) or followed up as a case.
    """

    class State(models.TextChoices):
        """Where an item stands; the values are those of ``rules.ItemState``."""

        NOTED = "noted", _("Noted")
        WAITING = "waiting", _("Waiting")
        ON_THE_TABLE = "table", _("On the table")
        ANSWERED = "answered", _("Answered here")
        FOLLOWED = "followed", _("To follow up")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(_("what was said"))
    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="minute_items"
    )
    # Who was named as owner by somebody who may not give a case an owner.
    proposed_owner = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.NOTED)
    area = models.ForeignKey(
        Area,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="minute_items",
        verbose_name=_("place"),
    )
    sent_in = models.BooleanField(default=False)  # a topic sent in before the session
    put_off = models.PositiveSmallIntegerField(default=0)  # "later in this session", so often
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    client_key = models.UUIDField(null=True, unique=True, editable=False)
    search = models.TextField(editable=False, default="")

    objects: ClassVar[MinuteItemQuerySet] = MinuteItemQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]
        constraints = (
            models.UniqueConstraint(fields=["meeting", "number"], name="item_number_in_meeting"),
        )

    def __str__(self) -> str:
        return f"{self.number}. {self.text[:40]}"

    def searchable(self) -> str:
        """Return the text by which the item is found."""
        return textsearch.document(self.text, self.answer)


class Minutes(models.Model):
    """The minutes of a meeting as somebody approved them; a correction is the next version."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="approved_minutes")
    version = models.PositiveSmallIntegerField(default=1)
    language = models.CharField(max_length=10)
    frozen = models.JSONField()  # everything that the paper says
    digest = models.CharField(max_length=64)  # SHA-256 of ``frozen`` in its canonical form
    pdf = models.BinaryField()
    pdf_digest = models.CharField(max_length=64)
    reason = models.CharField(_("why they are corrected"), max_length=200, blank=True)
    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()
    # Opened again for a correction: what was kept may be changed until the next version.
    reopened_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopen_reason = models.CharField(_("what has to be corrected"), max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["meeting_id", "version"]
        constraints = (
            models.UniqueConstraint(
                fields=["meeting"],
                condition=models.Q(reopened_at=None),
                name="minutes_one_in_force",
            ),
            models.UniqueConstraint(
                fields=["meeting", "version"], name="minutes_version_of_meeting"
            ),
        )
        verbose_name = _("approved minutes")
        verbose_name_plural = _("approved minutes")

    def __str__(self) -> str:
        return f"{self.meeting}, {self.version}"
