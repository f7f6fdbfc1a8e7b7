"""Addresses of this room."""

from django.urls import path

from footpath.knowledge.views import answers, deeds, lists, practices, regulations

app_name = "knowledge"

urlpatterns = [
    path("", lists.library, name="list"),
    path("regulations/new/", regulations.new, name="regulation-new"),
    path("regulations/named/", regulations.named, name="regulation-named"),
    path("regulations/<int:pk>/", regulations.regulation, name="regulation"),
    path("regulations/<int:pk>/change/", regulations.change, name="regulation-change"),
    path("regulations/<int:pk>/file/", regulations.file, name="regulation-file"),
    path("answers/new/", answers.new, name="answer-new"),
    path("answers/<int:pk>/", answers.answer, name="answer"),
    path("answers/<int:pk>/change/", answers.change, name="answer-change"),
    path("practices/new/", practices.new, name="practice-new"),
    path("practices/<int:pk>/", practices.practice, name="practice"),
    path("practices/<int:pk>/change/", practices.change, name="practice-change"),
    path("practices/<int:pk>/units/<int:row>/", practices.adopt, name="practice-adopt"),
    path("<int:pk>/<str:deed>/", deeds.deed, name="deed"),
]
