"""Deliveries in the administration site: whether messages go out, never what they say or to whom
they go beyond a user's name.
"""

from __future__ import annotations

from django.contrib import admin

from footpath.core.admin import ReadOnlyAdmin
from footpath.notifications.models import Delivery


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """What was sent and what failed, of everybody: for finding out why mail does not arrive."""

    list_display = ("due_at", "user", "kind", "is_digest", "state", "attempts", "sent_at")
    list_filter = ("state", "kind")
    list_select_related = ("user",)
    fields = (*list_display, "claimed_by", "claimed_at", "message_id", "error")
    ordering = ("-due_at", "-pk")
