"""Addresses of Open311 GeoReport v2: the format is the end of the address, XML without one."""

from __future__ import annotations

from django.urls import re_path

from footpath.api.open311 import views

app_name = "open311"

_FORM = r"(?:\.(?P<form>xml|json))?$"
_NAME = r"[^/]+?"

urlpatterns = [
    re_path(rf"^discovery{_FORM}", views.discovery, name="discovery"),
    re_path(rf"^services{_FORM}", views.services, name="services"),
    re_path(rf"^services/(?P<code>{_NAME}){_FORM}", views.service, name="service"),
    re_path(rf"^requests{_FORM}", views.requests, name="requests"),
    re_path(rf"^requests/(?P<pk>{_NAME}){_FORM}", views.request_of, name="request"),
    re_path(rf"^tokens/(?P<token>{_NAME}){_FORM}", views.token, name="token"),
    re_path(rf"^servicerequestupdates{_FORM}", views.updates, name="updates"),
    re_path(rf"^(?P<rest>.*?){_FORM}", views.nothing, name="nothing"),
]
