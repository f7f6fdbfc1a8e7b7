"""Assignment, the document it rests on, and clusters of places. Source: S2.1, S2.7."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from footpath.directory.models import Area, Organization, Person


class BasisDocument(models.Model):
    """A regulation or decision by number, issuer and date: No. 1524-QD/HU of 11 October 2022."""

    number = models.CharField(_("number"), max_length=80)
    issuer = models.CharField(_("issued by"), max_length=200, blank=True)
    issued_on = models.DateField(_("date"))
    title = models.CharField(_("title"), max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["number", "issued_on"], name="basis_number_and_date"),
        )
        verbose_name = _("basis document")
        verbose_name_plural = _("basis documents")

    def __str__(self) -> str:
        return self.number


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Filters on assignments."""

    def in_force(self, day: date) -> AssignmentQuerySet:
        """Return the assignments that hold on the day; both ends are included."""
        return self.filter(models.Q(until=None) | models.Q(until__gte=day), start__lte=day)


class Assignment(models.Model):
    """A person in charge of a place or an organization, in one role, for a span of days.

    At any time a place or an organization has at most one lead, one deputy and one cluster lead:
    the database itself refuses a second (migration ``0002_one_in_charge``). Monitors may be many.
    """

    class Role(models.TextChoices):
        """In which way the person is in charge."""

        LEAD = "lead", _("Lead")
        DEPUTY = "deputy", _("Deputy")
        CLUSTER_LEAD = "cluster_lead", _("Cluster lead")
        MONITOR = "monitor", _("Monitor")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assignments")
    area = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments"
    )
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments"
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.LEAD)
    basis = models.ForeignKey(
        BasisDocument, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments"
    )
    start = models.DateField(_("from"))
    until = models.DateField(_("until, included"), null=True, blank=True)
    handover_note = models.TextField(_("handover note"), blank=True)
    # Why somebody was put in charge although a limit or a conflict of interest speaks against it.
    # May be NULL: SQLite rebuilds the table for any other new column, and drops its triggers.
    exception = models.TextField(_("reason for the exception"), null=True, blank=True)  # noqa: DJ001

    objects: ClassVar[AssignmentQuerySet] = AssignmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(area=None, organization__isnull=False)
                | models.Q(area__isnull=False, organization=None),
                name="assignment_of_one_thing",
            ),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("start")),
                name="assignment_ends_after_it_begins",
            ),
        )
        indexes = (
            models.Index(fields=["area", "role", "start"], name="assignment_area_role"),
            models.Index(fields=["person", "start"], name="assignment_person"),
        )
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")

    def __str__(self) -> str:
        return f"{self.person}, {self.area or self.organization}"

    def get_absolute_url(self) -> str:
        """Return the assignment's page."""
        return reverse("assignments:assignment", args=[self.pk])


class Cluster(models.Model):
    """Places of one parent led together by a member of the standing committee. Source: S2.1."""

    name = models.CharField(_("name"), max_length=120)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="clusters")
    members = models.ManyToManyField(Area, related_name="in_clusters", verbose_name=_("places"))
    lead = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="clusters"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["area", "name"], name="cluster_name_in_area"),
        )
        verbose_name = _("cluster")
        verbose_name_plural = _("clusters")

    def __str__(self) -> str:
        return self.name
