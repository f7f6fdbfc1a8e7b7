"""Every room's addresses under its own name."""

from django.contrib import admin
from django.urls import include, path

from footpath.meetings.views import coffee

urlpatterns = [
    path("", include("footpath.web.urls")),
    path("account/", include("footpath.accounts.urls")),
    path("notifications/", include("footpath.notifications.urls")),
    path("places/", include("footpath.directory.urls")),
    path("in-charge/", include("footpath.assignments.urls")),
    path("library/", include("footpath.knowledge.urls")),
    path("cases/", include("footpath.cases.urls")),
    path("public/", include("footpath.cases.public_urls")),
    path("corner/", include("footpath.accounts.corner_urls")),
    path("meetings/", include("footpath.meetings.urls")),
    path("k/", coffee.now, name="coffee-now"),  # short: it is typed from a big screen
    path("figures/", include("footpath.reports.urls")),
    path("api/v1/", include("footpath.api.urls")),
    path("open311/v2/", include("footpath.api.open311.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "footpath.web.errors.bad_request"
handler403 = "footpath.web.errors.forbidden"
handler404 = "footpath.web.errors.not_found"
handler500 = "footpath.web.errors.server_error"
