"""Topics in the administration site; items are written on the pages, by two people."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from footpath.accounts import audit
from footpath.accounts import selectors as accounts
from footpath.core import clock
from footpath.knowledge.models import Topic


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin[Topic]):
    """What items are about; a topic that is used is switched off, not deleted."""

    list_display = ("code", "name_en", "name_vi", "position", "is_active")

    def has_delete_permission(self, request: HttpRequest, obj: Topic | None = None) -> bool:
        """Return False: items keep their topic."""
        return False

    def save_model(self, request: HttpRequest, obj: Topic, form: Any, change: bool) -> None:
        """Keep the topic, with its line in the trail."""
        super().save_model(request, obj, form, change)
        audit.record(
            "knowledge.topic_changed" if change else "knowledge.topic_created",
            by=accounts.person_behind(request.user),
            subject=obj,
            at=clock.now(),
            after={name: form.cleaned_data[name] for name in form.changed_data},
        )
