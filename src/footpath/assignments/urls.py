"""Addresses of this room."""

from django.urls import path

from footpath.assignments.views import charge, coverage

app_name = "assignments"

urlpatterns = [
    path("", coverage.coverage, name="coverage"),
    path("assign/", charge.assign, name="assign"),
    path("places/<str:code>/", coverage.place, name="place"),
    path("<int:pk>/", charge.assignment, name="assignment"),
]
