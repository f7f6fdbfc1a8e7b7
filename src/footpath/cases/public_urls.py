"""Addresses that need no account. Short, because they are printed on posters and receipts."""

from django.urls import path

from footpath.cases.views.public import common, following, places, report

app_name = "public"

urlpatterns = [
    path("", report.home, name="home"),
    path("language/", common.language, name="language"),
    path("report/", report.report, name="report"),
    path("status/", following.status, name="status"),
    path("status/<str:token>/", following.followed, name="followed"),
    path("status/<str:token>/answer/", following.answer, name="answer"),
    path("mail/<str:token>/", following.mail, name="mail"),
    path("stop/<str:token>/", following.stop, name="stop"),
    path("places/", places.places, name="places"),
    path("places/<str:code>/", places.place, name="place"),
    path("places/<str:code>/figures.json", places.figures_json, name="figures-json"),
    path("places/<str:code>/figures.csv", places.figures_csv, name="figures-csv"),
    path("places/<str:code>/cases/", places.cases, name="cases"),
    path("cases/<int:pk>/", places.case, name="case"),
]
