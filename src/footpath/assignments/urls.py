"""Addresses of this room."""

from django.urls import path

from footpath.assignments import views

app_name = "assignments"

urlpatterns = [
    path("", views.coverage, name="coverage"),
    path("assign/", views.assign, name="assign"),
    path("places/<str:code>/", views.place, name="place"),
    path("<int:pk>/", views.assignment, name="assignment"),
]
