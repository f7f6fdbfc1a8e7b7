"""Addresses of this room."""

from django.urls import path

from footpath.web.views import furniture, pages

app_name = "web"

urlpatterns = [
    path("", pages.home, name="home"),
    path("figures/", pages.dashboard, name="dashboard"),
    path("search/", pages.search, name="search"),
    path("record/", furniture.record, name="record"),
    path("menu/", furniture.menu, name="menu"),
    path("language/", furniture.language, name="language"),
    path("theme/", furniture.theme, name="theme"),
    path("help/", furniture.about, name="help"),
    path("healthz", furniture.health, name="health"),
    path("robots.txt", furniture.robots, name="robots"),
]
