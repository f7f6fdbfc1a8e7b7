"""Addresses of this room."""

from django.urls import path

from footpath.notifications import views

app_name = "notifications"

urlpatterns = [
    path("", views.inbox, name="list"),
    path("read/", views.read, name="read"),
    path("<int:pk>/open/", views.open_notice, name="open"),
    path("preferences/", views.preferences, name="preferences"),
    path("channels/new/", views.channel_new, name="channel-new"),
    path("channels/<int:pk>/confirm/", views.channel_confirm, name="channel-confirm"),
    path("channels/<int:pk>/remove/", views.channel_remove, name="channel-remove"),
    path("deliveries/", views.deliveries, name="deliveries"),
]
