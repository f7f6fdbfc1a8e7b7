"""Addresses of this room."""

from django.urls import path

from footpath.reports import views

app_name = "reports"

urlpatterns = [
    path("month/", views.month, name="month"),
    path("rates/", views.rates, name="rates"),
    path("rows/", views.rows, name="rows"),
]
