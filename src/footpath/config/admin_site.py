"""Django's administration site, opened by post and never by a switch on the user."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class FootpathAdminSite(AdminSite):
    """Reference tables for the administrator; everything with a deed goes through the rooms."""

    site_header = _("Footpath administration")
    site_title = _("Footpath administration")
    index_title = _("Reference tables")

    def has_permission(self, request: HttpRequest) -> bool:
        """Return whether somebody with an administrator's post is asking."""
        return bool(request.user.is_active and request.user.is_staff)


class FootpathAdminConfig(AdminConfig):
    """Puts our site in the place of Django's default one."""

    default_site = "footpath.config.admin_site.FootpathAdminSite"
