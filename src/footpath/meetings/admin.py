"""Kinds of meetings in the administration site; meetings themselves are kept on their pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from footpath.accounts import audit
from footpath.accounts import selectors as accounts
from footpath.core import clock
from footpath.core.admin import ReadOnlyAdmin
from footpath.meetings.models import Meeting, MeetingKind


@admin.register(MeetingKind)
class MeetingKindAdmin(admin.ModelAdmin[MeetingKind]):
    """The kinds of meetings an organisation holds; meetings keep theirs, so none is deleted."""

    list_display = (
        "code",
        "name_en",
        "name_vi",
        "name_zh",
        "name_ru",
        "of_offices",
        "counts_heads",
        "minutes",
        "is_active",
    )
    list_filter = ("is_active", "of_offices", "counts_heads")
    search_fields = ("code", "name_en", "name_vi", "name_zh", "name_ru")

    def has_delete_permission(self, request: HttpRequest, obj: MeetingKind | None = None) -> bool:
        """Return False: meetings keep their kind."""
        return False

    def save_model(self, request: HttpRequest, obj: MeetingKind, form: Any, change: bool) -> None:
        """Keep the kind, with its line in the trail."""
        super().save_model(request, obj, form, change)
        audit.record(
            "meeting.kind_changed" if change else "meeting.kind_created",
            by=accounts.person_behind(request.user),
            subject=obj,
            at=clock.now(),
            after={name: str(form.cleaned_data[name]) for name in form.changed_data},
        )


@admin.register(Meeting)
class MeetingAdmin(ReadOnlyAdmin):
    """Meetings, to read: a meeting changes by deeds only."""

    list_display = ("starts_at", "kind", "area", "state", "page_link")
    list_filter = ("state", "kind")
    list_select_related = ("kind", "area")
