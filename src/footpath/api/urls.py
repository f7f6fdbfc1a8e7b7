"""Addresses of the API: ``/api/v1/…`` and its description at ``/api/v1/openapi.json``."""

from django.urls import path

from footpath.api.site import api

urlpatterns = [path("", api.urls)]
