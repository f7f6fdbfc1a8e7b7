"""Django's administration site, opened by post and never by a switch on the user."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from footpath.core.errors import NotThere


class FootpathAdminSite(AdminSite):
    """Reference tables for the administrator; everything with a deed goes through the rooms."""

    site_header = _("Footpath administration")
    site_title = _("Footpath administration")
    index_title = _("Reference tables")

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send to the one door, whose attempts are counted; 404 for who has no such post."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise NotThere
        wanted = request.GET.get("next") or reverse("admin:index")
        return redirect(reverse("accounts:sign-in", query={"next": wanted}))

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Sign out where everybody signs out."""
        return redirect("accounts:sign-out")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Change the password where everybody does: it ends other sessions and leaves a line."""
        return redirect("accounts:password")

    def has_permission(self, request: HttpRequest) -> bool:
        """Return whether somebody with an administrator's post is asking."""
        return bool(request.user.is_active and request.user.is_staff)


class FootpathAdminConfig(AdminConfig):
    """Puts our site in the place of Django's default one."""

    default_site = "footpath.config.admin_site.FootpathAdminSite"
