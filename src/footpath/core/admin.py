"""Tables of Django's administration site that are looked at, not written to.

Whatever has a deed is changed through its room, where it is checked and leaves a line in the
trail. The administration site shows such a table and leads to the page of each row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[models.Model]
else:
    _Admin = admin.ModelAdmin


class ReadOnlyAdmin(_Admin):
    """A table that nobody adds to, changes or deletes from here.

    Put "page_link" into ``list_display`` to lead to the page of each row.
    """

    show_full_result_count = False
    actions = None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: rows come from deeds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: rows are changed by deeds."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: nothing is deleted."""
        return False

    @admin.display(description=_("page"))
    def page_link(self, obj: Any) -> str:
        """Return a link to the page on which this row is worked with."""
        return format_html('<a href="{}">{}</a>', obj.get_absolute_url(), _("Open the page"))
