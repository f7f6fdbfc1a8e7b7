"""Addresses of this room."""

from django.urls import path

from footpath.meetings.views import convening, lists, meeting

app_name = "meetings"

urlpatterns = [
    path("", lists.meeting_list, name="list"),
    path("convene/", convening.convene, name="convene"),
    path("<int:pk>/", meeting.meeting, name="meeting"),
]
