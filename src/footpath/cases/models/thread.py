"""What happened to a case: its rounds, the people in it, its thread and its evidence."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from footpath.cases.models.cases import Case
from footpath.directory.models import Organization, Person


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
    # What was reported as rectified was found not to hold: by the verifier, a spot check, or later.
    is_superficial = models.BooleanField(default=False)

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
        TRANSFERRED = "transferred", _("Transferred")
        MISROUTED = "misrouted", _("Not ours")
        PAUSED = "paused", _("Clock paused")
        RESUMED = "resumed", _("Clock runs again")
        EXTENDED = "extended", _("More time given")
        RECOUNTED = "recounted", _("Due date counted anew")
        REPLIED = "replied", _("Answer to the reporter")
        PUBLISHED = "published", _("Shown to the public")
        HIDDEN = "hidden", _("No longer shown to the public")
        ANSWERED = "answered", _("The reporter's word")
        REMINDED = "reminded", _("Reminded")
        CHECKED = "checked", _("Spot check: it holds")
        SENT_OUT = "sent_out", _("Sent to another system")
        UPDATE = "update", _("From another system")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="entries")
    round_number = models.PositiveSmallIntegerField()
    deed = models.CharField(max_length=20, choices=Deed.choices)
    # Empty when nobody in office did it: then ``said_by`` says who or what did.
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    said_by = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    text = models.TextField(blank=True)
    is_public = models.BooleanField(default=False)  # the reporter and the public may read it
    to_person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    to_organization = models.ForeignKey(
        Organization, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Whom the case belonged to before a transfer: there it goes back when it was wrong.
    from_organization = models.ForeignKey(
        Organization, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Why this person: the rung of ``rules.chain``, for an escalation. Of a word of somebody who
    # reported the same: the number of their case.
    why = models.CharField(max_length=20, blank=True, default="")

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
    # Empty when it came with a report of the public.
    added_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
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
