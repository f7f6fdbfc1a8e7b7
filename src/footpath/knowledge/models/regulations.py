"""Regulations by number, issuer and date. Source: S2.7 (No. 1524-QD/HU of 11 October 2022)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from footpath.knowledge.models.items import Item


class Regulation(Item):
    """A regulation with its text, its file, or both.

    The documents that assignments rest on are known there by number and date alone: what joins
    them is ``number_key`` (``rules.number_key``) and ``issued_on``, no foreign key.
    """

    number = models.CharField(_("number"), max_length=80)
    number_key = models.CharField(max_length=80, editable=False)
    issuer = models.CharField(_("issued by"), max_length=200, blank=True)
    issued_on = models.DateField(_("date"))
    text = models.TextField(_("text"), blank=True)
    file = models.FileField(_("file"), upload_to="knowledge/%Y/%m/", blank=True)
    file_name = models.CharField(max_length=200, blank=True, editable=False)
    file_size = models.PositiveIntegerField(default=0, editable=False)
    file_digest = models.CharField(max_length=64, blank=True, editable=False)
    replaced_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces"
    )
    ended_on = models.DateField(_("no longer in force since"), null=True, blank=True)
    end_reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects: ClassVar[models.Manager[Regulation]] = models.Manager()  # type: ignore[assignment]

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["number_key", "issued_on", "issuer"], name="regulation_once"
            ),
            models.CheckConstraint(
                name="regulation_has_words", condition=~models.Q(text="") | ~models.Q(file="")
            ),
        )
        indexes = (models.Index(fields=["issued_on"], name="regulation_issued_on"),)
        verbose_name = _("regulation")
        verbose_name_plural = _("regulations")
