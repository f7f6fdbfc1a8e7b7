"""The addresses of the Question Corner."""

from django.urls import include, path

urlpatterns = [
    path("", include("footpath.questions.urls")),
]

handler400 = "footpath.questions.refusals.bad_request"
handler404 = "footpath.questions.refusals.not_found"
handler500 = "footpath.questions.refusals.server_error"
