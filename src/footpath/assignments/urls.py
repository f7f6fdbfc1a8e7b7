"""Addresses of this room."""

from django.urls import path

from footpath.assignments.views import (
    absences,
    charge,
    clusters,
    coverage,
    duties,
    letters,
    limits,
    plan_deeds,
    plans,
    policies,
)

app_name = "assignments"

urlpatterns = [
    path("", coverage.coverage, name="coverage"),
    path("assign/", charge.assign, name="assign"),
    path("places/<str:code>/", coverage.place, name="place"),
    path("<int:pk>/", charge.assignment, name="assignment"),
    path("<int:pk>/handover/", charge.handover, name="handover"),
    path("absences/", absences.absences, name="absences"),
    path("absences/new/", absences.leave, name="leave"),
    path("absences/<int:pk>/", absences.absence, name="absence"),
    path("absences/<int:pk>/<int:row>/", absences.stand_in, name="stand-in"),
    path("duties/", duties.duty_lists, name="duty-lists"),
    path("duties/new/", duties.write, name="duty-list-new"),
    path("duties/<int:pk>/", duties.duty_list, name="duty-list"),
    path("duties/<int:pk>/version/", duties.rewrite, name="duty-list-version"),
    path("clusters/", clusters.clusters, name="clusters"),
    path("clusters/new/", clusters.make, name="cluster-new"),
    path("clusters/<int:pk>/", clusters.cluster, name="cluster"),
    path("officers/<int:pk>/", limits.officer, name="officer"),
    path("cover/", limits.cover, name="cover"),
    path("plans/", plans.plans_list, name="plans"),
    path("plans/new/", plans.start, name="plan-new"),
    path("plans/policy/", policies.policy, name="plan-policy"),
    path("plans/<int:pk>/", plans.plan, name="plan"),
    path("plans/<int:pk>/letters.pdf", letters.plan_letters, name="plan-letters"),
    path("plans/<int:pk>/<slug:deed>/", plan_deeds.deed, name="plan-deed"),
    path("letters/<int:pk>.pdf", letters.letter, name="letter"),
]
