"""Addresses of this room."""

from django.urls import path

from footpath.meetings import views

app_name = "meetings"

urlpatterns = [
    path("", views.meeting_list, name="list"),
    path("convene/", views.convene, name="convene"),
    path("<int:pk>/", views.meeting, name="meeting"),
]
