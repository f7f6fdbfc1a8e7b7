"""Addresses of this room."""

from django.urls import path

from footpath.assignments.views import charge, coverage, plans

app_name = "assignments"

urlpatterns = [
    path("", coverage.coverage, name="coverage"),
    path("assign/", charge.assign, name="assign"),
    path("places/<str:code>/", coverage.place, name="place"),
    path("<int:pk>/", charge.assignment, name="assignment"),
    path("plans/", plans.plans_list, name="plans"),
    path("plans/new/", plans.start, name="plan-new"),
    path("plans/policy/", plans.policy, name="plan-policy"),
    path("plans/<int:pk>/", plans.plan, name="plan"),
    path("plans/<int:pk>/letters.pdf", plans.plan_letters, name="plan-letters"),
    path("plans/<int:pk>/<slug:deed>/", plans.deed, name="plan-deed"),
    path("letters/<int:pk>.pdf", plans.letter, name="letter"),
]
