"""What cases are about. Source: S2.3."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from footpath.cases.rules import questions
from footpath.cases.rules.questions import Question
from footpath.directory.models import Named


class Category(Named):
    """What a case is about, and how many calendar days it may take until it is verified."""

    days_to_close = models.PositiveSmallIntegerField(
        _("days until verified"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
    )
    is_active = models.BooleanField(_("may be chosen"), default=True)
    group = models.CharField(_("sector"), max_length=80, blank=True)
    description = models.CharField(_("description"), max_length=300, blank=True)
    keywords = models.CharField(_("keywords, with commas"), max_length=200, blank=True)
    questions = models.JSONField(_("questions asked with it"), default=list, blank=True)
    is_public = models.BooleanField(_("open to the public"), default=False)
    is_moderated = models.BooleanField(
        _("a report is read by somebody before the public sees it"), default=True
    )
    needs_evidence = models.BooleanField(_("verified only with a photo or a paper"), default=False)
    double_supervision = models.BooleanField(
        _("verified by somebody of another organization"), default=False
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["code"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    @property
    def asked(self) -> tuple[Question, ...]:
        """Return the questions in the reader's language, none when they cannot be used."""
        return questions.readable(self.questions, (get_language() or "en")[:2])
