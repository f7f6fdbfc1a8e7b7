"""The addresses of the Corner: pages for members, pages for officers, and what programs use."""

from django.urls import path

from footpath.questions.views import machine

app_name = "questions"

urlpatterns = [
    # What programs use.
    path("health/", machine.health, name="health"),
]
