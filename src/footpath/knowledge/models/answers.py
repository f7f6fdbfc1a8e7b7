"""Published answers. Nothing says who asked: there is no field for it. Source: S0.2, S0.3."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from footpath.directory.models import Person
from footpath.knowledge.models.items import Item
from footpath.knowledge.models.regulations import Regulation


class Answer(Item):
    """A question in words of the office, and its answer; two people stand behind it.

    Of the day of the answer only the month is kept, and the Monday from which it may appear.
    """

    question = models.TextField(_("question, rewritten"))
    text = models.TextField(_("answer"))
    month = models.DateField(_("month"))  # its first day
    not_before = models.DateField(_("may appear from"))
    consent_confirmed = models.BooleanField(_("whoever asked agreed"), default=False)
    drafted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_to_approve = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    remark = models.CharField(max_length=500, blank=True)  # why it was sent back
    withdrawn_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_reason = models.CharField(max_length=500, blank=True)
    regulations = models.ManyToManyField(Regulation, blank=True, related_name="answers")

    objects: ClassVar[models.Manager[Answer]] = models.Manager()  # type: ignore[assignment]

    class Meta:
        constraints = (
            models.CheckConstraint(name="answer_with_consent", condition=Q(consent_confirmed=True)),
            models.CheckConstraint(
                name="answer_of_two_people",
                condition=Q(approved_by=None) | ~Q(approved_by=F("drafted_by")),
            ),
        )
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
