"""Whoever reported a case without a post: only what is needed to answer. Source: S0.1."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from footpath.cases.models.cases import Case
from footpath.directory.models import Person


class Reporter(models.Model):
    """How the reporter of a case is answered, and the last word on it. Read by few.

    Nothing here is searched, exported or counted by person. A confidential reporter is read by
    the case's handler alone; the contact is erased some time after the case was closed.
    """

    class Answer(models.TextChoices):
        """Whether it is fixed, as the reporter sees it; the values are those of ``rules``."""

        YES = "yes", _("Yes")
        PARTLY = "partly", _("Partly")
        NO = "no", _("No")

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="reporter")
    is_confidential = models.BooleanField(default=False)
    # Somebody in office who wants to stay unknown.
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    language = models.CharField(max_length=10, default="vi")
    code_digest = models.CharField(max_length=64, unique=True)
    confirmed_at = models.DateTimeField(null=True)  # the e-mail address answered
    stopped_at = models.DateTimeField(null=True)  # wants no more messages
    asked_at = models.DateTimeField(null=True)
    asked_round = models.PositiveSmallIntegerField(default=0)
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True)
    answer_text = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["answered_at"],
                condition=models.Q(answered_at__isnull=False),
                name="reporter_answered",
            ),
        )

    def __str__(self) -> str:
        return f"reporter of {self.case_id}"


class ReporterMail(models.Model):
    """One message to a reporter, sent exactly once by the worker."""

    reporter = models.ForeignKey(Reporter, on_delete=models.CASCADE, related_name="mails")
    key = models.CharField(max_length=80)  # "received", "closed-2", "entry-17"
    kind = models.CharField(max_length=20)
    planned_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["reporter", "key"], name="reporter_mail_once"),
        )
        indexes = (
            models.Index(
                fields=["planned_at"],
                condition=models.Q(sent_at=None),
                name="reporter_mail_waiting",
            ),
        )

    def __str__(self) -> str:
        return f"{self.reporter_id}: {self.key}"
