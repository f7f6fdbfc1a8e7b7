"""Basis documents and clusters in the administration site; assignments there only to read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from footpath.accounts import audit
from footpath.accounts import selectors as accounts
from footpath.assignments.models import (
    Absence,
    Assignment,
    BasisDocument,
    Cluster,
    CoverageRule,
    DutyList,
    Handover,
    Limit,
)
from footpath.core import clock
from footpath.core.admin import ReadOnlyAdmin


class _Reference(admin.ModelAdmin[Any]):
    """A table an administrator may change, each change with its line in the trail."""

    deed = ""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: what rests on a row keeps it."""
        return False

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Keep the row, with its line in the trail."""
        super().save_model(request, obj, form, change)
        audit.record(
            f"{self.deed}_changed" if change else f"{self.deed}_created",
            by=accounts.person_behind(request.user),
            subject=obj,
            at=clock.now(),
            after={name: str(form.cleaned_data[name]) for name in form.changed_data},
        )


@admin.register(BasisDocument)
class BasisDocumentAdmin(_Reference):
    """Regulations and decisions that assignments rest on. Source: S2.7."""

    deed = "assignment.basis"
    list_display = ("number", "issued_on", "issuer", "title")
    search_fields = ("number", "title")


@admin.register(Cluster)
class ClusterAdmin(_Reference):
    """Places led together. Source: S2.1."""

    deed = "assignment.cluster"
    list_display = ("name", "area", "lead")
    list_select_related = ("area", "lead")
    raw_id_fields = ("area", "members", "lead")


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    """Assignments, to read: an assignment changes by deeds only."""

    list_display = ("person", "area", "organization", "role", "start", "until", "page_link")
    list_filter = ("role",)
    list_select_related = ("person", "area", "organization")


@admin.register(Absence)
class AbsenceAdmin(ReadOnlyAdmin):
    """Absences, to read."""

    list_display = ("person", "start", "until", "withdrawn_at")
    list_select_related = ("person",)


@admin.register(Handover)
class HandoverAdmin(ReadOnlyAdmin):
    """Handovers, to read: done and to come."""

    list_display = ("assignment", "successor", "due_on", "done_at")
    list_select_related = ("assignment__person", "assignment__area", "successor")


@admin.register(DutyList)
class DutyListAdmin(ReadOnlyAdmin):
    """Duty lists, to read: a list changes by a new version. Source: S2.7."""

    list_display = ("title", "area", "role", "start", "until")
    list_filter = ("role",)
    list_select_related = ("area",)


@admin.register(CoverageRule)
class CoverageRuleAdmin(ReadOnlyAdmin):
    """What each tier needs, to read. Source: S2.1."""

    list_display = ("area", "tier", "needs_lead", "needs_deputy")
    list_select_related = ("area", "tier")


@admin.register(Limit)
class LimitAdmin(ReadOnlyAdmin):
    """Limits of officers, to read."""

    list_display = ("person", "places", "bound")
    list_select_related = ("person",)
