"""A case: a problem of a place, from the day it was raised until it was verified. Source: S4.4."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from footpath.cases import rules
from footpath.cases.models.categories import Category
from footpath.core import search, textsearch, tree
from footpath.directory.models import Area, Organization, Person

UPPER_LEVELS = range(3)
"""Nation, province, district: their cases can be so many that each question needs an index."""


class CaseQuerySet(models.QuerySet["Case"]):
    """Filters on cases."""

    def open(self) -> CaseQuerySet:
        """Return the cases that are not closed."""
        return self.filter(is_open=True)

    def in_subtree(self, path: str) -> CaseQuerySet:
        """Return the cases of a place and everything below it; "" is everything."""
        return self.filter(tree.in_subtree(path))

    def overdue(self, today: date) -> CaseQuerySet:
        """Return the open cases whose due date lies before today."""
        return self.filter(is_open=True, due_on__lt=today)

    def matching(self, typed: str) -> CaseQuerySet:
        """Return the cases found by what was typed, without diacritics, Chinese by pairs."""
        return search.matching(self, typed)  # type: ignore[return-value]


class Case(tree.AncestorColumns):
    """A problem of a place, from the day it was raised until it was verified on the spot."""

    class State(models.TextChoices):
        """Where the case stands; the values are those of ``rules.State``."""

        RAISED = "raised", _("Raised")
        ACCEPTED = "accepted", _("Accepted")
        GUIDED = "guided", _("Guided")
        RECTIFIED = "rectified", _("To verify")
        RETURNED = "returned", _("Returned")
        CLOSED = "closed", _("Verified and closed")

    class Outcome(models.TextChoices):
        """How the case ended; the values are those of ``rules.Outcome``."""

        SOLVED = "solved", _("Solved")
        EXPLAINED = "explained", _("Explained")
        PASSED_ON = "passed_on", _("Passed on to the agency")
        DUPLICATE = "duplicate", _("Duplicate")
        ELSEWHERE = "elsewhere", _("Closed before it came here, not verified")

    class Source(models.TextChoices):
        """Where the case came from."""

        OFFICER = "officer", _("Officer in charge")
        MEETING = "meeting", _("Meeting")
        VISIT = "visit", _("Visit")
        COFFEE = "coffee", _("Professional coffee")
        LETTER = "letter", _("Letter or telephone")
        PUBLIC = "public", _("Public form")
        OPEN311 = "open311", _("Another system")
        IMPORT = "import", _("Import")

    title = models.CharField(_("what is wrong"), max_length=200)
    text = models.TextField(_("details"), blank=True)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="cases", verbose_name=_("category")
    )
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="cases", verbose_name=_("place")
    )
    agency = models.ForeignKey(
        Organization,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cases",
        verbose_name=_("with agency"),
    )
    # The organization that the case belongs to; the agency above is who was asked for help.
    organization = models.ForeignKey(
        Organization,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cases_owned",
        verbose_name=_("belongs to"),
    )
    level = models.PositiveSmallIntegerField(_("tier that deals with it"), editable=False)
    source = models.CharField(
        _("source"), max_length=20, choices=Source.choices, default=Source.OFFICER
    )
    # Empty when nobody in office raised it, and when whoever did is kept confidential.
    raised_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="cases_raised"
    )
    # The one person who knows a confidential reporter.
    handler = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="cases_handled"
    )
    raised_at = models.DateTimeField(_("raised"))
    state = models.CharField(_("state"), max_length=20, choices=State.choices, editable=False)
    is_open = models.BooleanField(default=True, editable=False)
    outcome = models.CharField(
        _("outcome"), max_length=20, choices=Outcome.choices, blank=True, editable=False
    )
    round_number = models.PositiveSmallIntegerField(_("round"), default=1, editable=False)
    owner = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cases_owned",
        verbose_name=_("owner"),
    )
    # What the case waits for next: the earliest due of its running clocks.
    due_on = models.DateField(_("due"))
    due_at = models.DateTimeField(null=True, blank=True, editable=False)
    due_kind = models.CharField(max_length=10, blank=True, default="", editable=False)
    paused_until = models.DateField(null=True, blank=True, editable=False)
    # What was promised for the whole case: an agreed day, or the days of its category.
    promised_on = models.DateField(_("promised for"), null=True, blank=True, editable=False)
    is_agreed = models.BooleanField(default=False, editable=False)
    updated_at = models.DateTimeField(_("last change"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    duplicate_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="duplicates"
    )
    address = models.CharField(_("where exactly"), max_length=300, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    media_url = models.URLField(max_length=500, blank=True)
    is_public = models.BooleanField(_("the public may read it"), default=False, editable=False)
    public_text = models.TextField(_("words for the public"), blank=True)
    client_key = models.UUIDField(null=True, unique=True, editable=False)
    source_key = models.CharField(  # noqa: DJ001 - empty is no key, and keys are unique
        max_length=120, null=True, unique=True, editable=False
    )
    search = models.TextField(editable=False, default="")

    objects: ClassVar[CaseQuerySet] = CaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(is_open=True, closed_at=None, outcome="")
                & ~models.Q(state="closed")
                | models.Q(is_open=False, state="closed", closed_at__isnull=False)
                & ~models.Q(outcome=""),
                name="case_closed_with_outcome",
            ),
        )
        indexes = (
            *(  # with the state, so that the board of a place skips the other states unread
                models.Index(
                    fields=[f"a{level}", "due_on", "id", "state"],
                    condition=models.Q(is_open=True),
                    name=f"case_open_due_a{level}",
                )
                for level in range(tree.LEVELS)
            ),
            *(  # with all that the board and the figures of a place ask about open cases
                models.Index(
                    fields=[f"a{level}", "state", "due_on", "id", "category"],
                    condition=models.Q(is_open=True),
                    name=f"case_open_state_a{level}",
                )
                for level in UPPER_LEVELS
            ),
            *(  # with all that the figures of a place count of closed cases
                models.Index(
                    fields=[f"a{level}", "-closed_at", "outcome", "category"],
                    condition=models.Q(is_open=False),
                    name=f"case_closed_a{level}",
                )
                for level in UPPER_LEVELS
            ),
            *(
                models.Index(
                    fields=[f"a{level}", "-raised_at", "-id"], name=f"case_raised_a{level}"
                )
                for level in range(tree.LEVELS)
            ),
            models.Index(
                fields=["due_on", "id"], condition=models.Q(is_open=True), name="case_open_due"
            ),
            models.Index(
                fields=["state", "due_on", "id"],
                condition=models.Q(is_open=True),
                name="case_open_state",
            ),
            models.Index(fields=["-raised_at", "-id"], name="case_raised"),
            models.Index(
                fields=["-raised_at", "-id"],
                condition=models.Q(is_public=True),
                name="case_public",
            ),
            models.Index(
                fields=["owner", "due_on"], condition=models.Q(is_open=True), name="case_open_owner"
            ),
            models.Index(
                fields=["organization", "due_on", "id"],
                condition=models.Q(is_open=True),
                name="case_open_organization",
            ),
            models.Index(
                fields=["organization", "-raised_at", "-id"],
                condition=models.Q(organization__isnull=False),
                name="case_raised_organization",
            ),
        )
        verbose_name = _("case")
        verbose_name_plural = _("cases")

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def number(self) -> str:
        """Return the number people use: C-0388."""
        return f"C-{self.pk:04d}"

    @property
    def position(self) -> tuple[float, float] | None:
        """Return latitude and longitude in degrees (WGS 84) where somebody has noted them."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude

    @property
    def step(self) -> int:
        """Return how many of the five steps are done, 1 to 5."""
        return rules.step_of(rules.State(self.state))

    def get_absolute_url(self) -> str:
        """Return the case's page."""
        return reverse("cases:case", args=[self.pk])

    def searchable(self) -> str:
        """Return the text by which the case is found."""
        return textsearch.document(self.title, self.text)
