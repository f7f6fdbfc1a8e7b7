"""Case, its rounds, the people in it, its thread and its evidence. Source: S2.3, S4.4."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from footpath.cases import rules
from footpath.core import search, textsearch, tree
from footpath.directory.models import Area, Named, Organization, Person


class Category(Named):
    """What a case is about, and how many calendar days it may take until it is verified."""

    days_to_close = models.PositiveSmallIntegerField(
        _("days until verified"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
    )
    is_active = models.BooleanField(_("may be chosen"), default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["code"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")


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

    class Source(models.TextChoices):
        """Where the case came from."""

        OFFICER = "officer", _("Officer in charge")
        MEETING = "meeting", _("Meeting")
        VISIT = "visit", _("Visit")
        COFFEE = "coffee", _("Professional coffee")
        LETTER = "letter", _("Letter or telephone")
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
    level = models.PositiveSmallIntegerField(_("tier that deals with it"), editable=False)
    source = models.CharField(
        _("source"), max_length=20, choices=Source.choices, default=Source.OFFICER
    )
    raised_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cases_raised")
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
    due_on = models.DateField(_("due"))
    updated_at = models.DateTimeField(_("last change"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    duplicate_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="duplicates"
    )
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
            *(
                models.Index(
                    fields=[f"a{level}", "due_on", "id"],
                    condition=models.Q(is_open=True),
                    name=f"case_open_due_a{level}",
                )
                for level in range(tree.LEVELS)
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
            models.Index(fields=["-raised_at", "-id"], name="case_raised"),
            models.Index(
                fields=["owner", "due_on"], condition=models.Q(is_open=True), name="case_open_owner"
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
    def step(self) -> int:
        """Return how many of the five steps are done, 1 to 5."""
        return rules.step_of(rules.State(self.state))

    def get_absolute_url(self) -> str:
        """Return the case's page."""
        return reverse("cases:case", args=[self.pk])

    def searchable(self) -> str:
        """Return the text by which the case is found."""
        return textsearch.document(self.title, self.text)


class Round(models.Model):
    """One attempt to set a case right: who worked, what was done, who verified, what was found."""

    class Result(models.TextChoices):
        """What the verifier found; the values are those of ``rules.Result``."""

        CONFIRMED = "confirmed", _("Confirmed")
        PARTLY = "partly", _("Partly")
        NOT = "not", _("Not rectified")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    owner = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    rectified_by = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="rounds_rectified"
    )
    rectified_at = models.DateTimeField(null=True)
    proposed_outcome = models.CharField(max_length=20, choices=Case.Outcome.choices, blank=True)
    verified_by = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="rounds_verified"
    )
    verified_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=20, choices=Result.choices, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case", "number"], name="round_number_of_case"),
        )

    def __str__(self) -> str:
        return f"{self.case_id}/{self.number}"


class Participant(models.Model):
    """Somebody with a part in a case. Parts are added, never removed (S2.3, escalation)."""

    class Part(models.TextChoices):
        """What the person's part is."""

        OWNER = "owner", _("Owner")
        GUIDE = "guide", _("Guided")
        RECTIFIER = "rectifier", _("Rectified")
        VERIFIER = "verifier", _("Verified")
        RESPONSIBLE = "responsible", _("Responsible after escalation")
        FOLLOWER = "follower", _("Follows")

    WORKED = (Part.OWNER, Part.GUIDE, Part.RECTIFIER)
    """Parts that make somebody unfit to verify."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="participants")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cases_taken_part")
    part = models.CharField(max_length=20, choices=Part.choices)
    since = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case", "person", "part"], name="participant_once"),
        )
        indexes = (models.Index(fields=["person", "part"], name="participant_person"),)

    def __str__(self) -> str:
        return f"{self.person}: {self.part}"


class Entry(models.Model):
    """One entry of a case's thread after the raising itself, which stands on the case."""

    class Deed(models.TextChoices):
        """What was done."""

        ACCEPTED = "accepted", _("Accepted")
        ASSIGNED = "assigned", _("Owner assigned")
        GUIDED = "guided", _("Guidance")
        RECTIFIED = "rectified", _("Rectified")
        VERIFIED = "verified", _("Verified on the spot")
        PARTLY = "partly", _("Partly rectified")
        REFUSED = "refused", _("Verification refused")
        REOPENED = "reopened", _("Reopened")
        ESCALATED = "escalated", _("Escalated")
        RETURNED = "returned", _("Returned")
        RESUBMITTED = "resubmitted", _("Sent in again")
        DUPLICATE = "duplicate", _("Duplicate")
        NOTE = "note", _("Note")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="entries")
    round_number = models.PositiveSmallIntegerField()
    deed = models.CharField(max_length=20, choices=Deed.choices)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField(blank=True)
    to_person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    to_organization = models.ForeignKey(
        Organization, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.deed}"


class Attachment(models.Model):
    """A photo or a document beside an entry; pictures are kept without their metadata."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="attachments")
    entry = models.ForeignKey(
        Entry, null=True, on_delete=models.CASCADE, related_name="attachments"
    )
    file = models.FileField(upload_to="cases/%Y/%m/")
    name = models.CharField(max_length=200)
    mime = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        """Return whether a browser shows it as a picture."""
        return self.mime.startswith("image/")

    def get_absolute_url(self) -> str:
        """Return where the file is read, by those who may read the case."""
        return reverse("cases:attachment", args=[self.case_id, self.pk])


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
