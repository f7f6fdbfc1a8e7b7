"""Addresses of this room."""

from django.urls import path

from footpath.directory.views import (
    administration,
    calendar,
    hours,
    imports,
    organizations,
    people,
    places,
)

app_name = "directory"

urlpatterns = [
    path("", places.places, name="places"),
    path("new/", places.new_area, name="new-area"),
    path("area/<str:code>/", places.area, name="area"),
    path("area/<str:code>/change/", places.change_area, name="change-area"),
    path("area/<str:code>/close/", places.close_area, name="close-area"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("hours/", hours.hours, name="hours"),
    path("organizations/", organizations.organizations, name="organizations"),
    path("organizations/new/", organizations.new_organization, name="new-organization"),
    path("organization/<str:code>/", organizations.organization, name="organization"),
    path(
        "organization/<str:code>/change/",
        organizations.change_organization,
        name="change-organization",
    ),
    path("organization/<str:code>/new-post/", organizations.new_post, name="new-post"),
    path("posts/<int:pk>/change/", organizations.change_post, name="change-post"),
    path("posts/<int:pk>/move/", organizations.move_post, name="move-post"),
    path("people/", people.people, name="people"),
    path("people/new/", people.new_person, name="new-person"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/change/", people.change_person, name="change-person"),
    path("people/<int:pk>/join/", people.join, name="join"),
    path("people/<int:pk>/join/<str:code>/", people.start_membership, name="start-membership"),
    path("people/<int:pk>/access/", people.give_access, name="give-access"),
    path("people/<int:pk>/password/", people.new_password, name="new-password"),
    path("people/<int:pk>/access/<str:deed>/", people.access, name="access"),
    path("memberships/<int:pk>/change/", people.change_membership, name="change-membership"),
    path("memberships/<int:pk>/end/", people.end_membership, name="end-membership"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<int:pk>/", imports.import_, name="import"),
    path("imports/<int:pk>/errors.csv", imports.import_errors, name="import-errors"),
    path("imports/template/<str:kind>.csv", imports.import_template, name="import-template"),
    path("administration/", administration.administration, name="administration"),
]
