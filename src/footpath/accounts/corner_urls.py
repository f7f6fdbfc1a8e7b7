"""Addresses of the member side of the Question Corner."""

from django.urls import path

from footpath.accounts.views import corner

app_name = "corner"

urlpatterns = [
    path("", corner.home, name="home"),
    path("tokens/", corner.tokens, name="tokens"),
    path("notice/", corner.notice, name="notice"),
    path("notice.json", corner.notice_json, name="notice-json"),
    path("notice.pdf", corner.notice_pdf, name="notice-pdf"),
]
