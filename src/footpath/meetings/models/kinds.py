"""Kinds of meetings: a table, so that an organisation adds its own. Source: S0.1, S2.2, S4.2."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from footpath.directory.models import Named


class MeetingKind(Named):
    """Cell, commune, household group, professional coffee …: an organisation adds its own."""

    of_offices = models.BooleanField(
        _("a meeting of offices among themselves"),
        default=False,
        help_text=_("Day rules for meetings of departments hold for it."),
    )
    counts_heads = models.BooleanField(
        _("heads are counted, nobody is called by name"),
        default=False,
        help_text=_("For study sessions and other large gatherings."),
    )
    minutes = models.PositiveSmallIntegerField(_("how long it lasts, in minutes"), default=90)
    is_active = models.BooleanField(_("may be chosen"), default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["code"]
        verbose_name = _("kind of meeting")
        verbose_name_plural = _("kinds of meetings")
