"""What an administrator sets up, on one page."""

from __future__ import annotations

from django.apps import apps
from django.contrib import admin
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may, require
from footpath.directory import selectors


@signed_in
@require_safe
def administration(request: Asked) -> HttpResponse:
    """List what an administrator sets up, and the reference tables of all rooms."""
    require(request.person, "directory.change")
    tables = [
        {"name": table["name"], "href": table["admin_url"], "room": room["name"]}
        for room in admin.site.get_app_list(request)
        if apps.get_app_config(room["app_label"]).name.startswith("footpath.")
        for table in room["models"]
        if table["perms"].get("change") and table["admin_url"]
    ]
    context = {
        "tables": tables,
        "empty_tree": not selectors.areas_for(request.person).exists(),
        "may_manage": may(request.person, "accounts.manage", request.person),
        "may_import": may(request.person, "directory.import"),
        "may_read_trail": may(request.person, "trail.read"),
    }
    return render(request, "directory/administration.html", context)
