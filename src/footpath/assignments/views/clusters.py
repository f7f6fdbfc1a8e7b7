"""Pages of clusters: places of one parent that are led together. Source: S2.1."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may, require
from footpath.assignments import selectors, services
from footpath.assignments.forms import ClusterForm, ClusterLeadForm
from footpath.assignments.models import Assignment, Cluster
from footpath.assignments.views import asked
from footpath.core import clock
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Person


@signed_in
@require_safe
def clusters(request: Asked) -> HttpResponse:
    """The clusters of a place and below, each with its lead and places."""
    person: Person = request.person
    area = asked.area(person, request.GET.get("place"))
    if area is None:
        return render(request, "assignments/nowhere.html")
    context = {
        "area": area,
        "ancestors": directory.ancestors_of(area),
        "page": selectors.clusters_in(person, area, after=request.GET.get("after")),
        "may_change": may(person, "assignments.assign", area),
    }
    return render(request, "assignments/clusters.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: Asked) -> HttpResponse:
    """Put places of ``?place=`` together in a cluster."""
    person: Person = request.person
    area = asked.area(person, request.GET.get("place"))
    if area is None:
        return redirect("assignments:clusters")
    require(person, "assignments.assign", area)
    form = ClusterForm(request.POST or None, person=person, area=area, on=clock.today())
    if request.method == "POST" and form.is_valid():
        made = form.done(
            lambda: services.create_cluster(
                name=form.cleaned_data["name"],
                area=area,
                members=list(form.cleaned_data["members"]),
                by=person,
                at=clock.now(),
            )
        )
        if made is not None:
            messages.success(request, _("The cluster “%(name)s” is made.") % {"name": made.name})
            return redirect("assignments:cluster", made.pk)
    return _form(request, form, area)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def cluster(request: Asked, pk: int) -> HttpResponse:
    """One cluster: its places, its lead; whoever may changes both here."""
    person: Person = request.person
    found = selectors.get_cluster_for(person, pk=pk)
    members = list(found.members.all())
    today = clock.today()
    changing = request.POST.get("what") == "places"
    posted = request.method == "POST"
    places = ClusterForm(
        request.POST if posted and changing else None,
        person=person,
        area=found.area,
        on=today,
        initial={"name": found.name, "members": [area.pk for area in members]},
    )
    lead = ClusterLeadForm(
        request.POST if posted and not changing else None,
        person=person,
        initial={"start": today},
    )
    if posted:
        require(person, "assignments.assign", found)
        said = _changed(places, found, by=person) if changing else _led(lead, found, by=person)
        if said:
            messages.success(request, said)
            return redirect("assignments:cluster", found.pk)
    held = Assignment.objects.in_force(today).filter(
        area__in=members, role=Assignment.Role.CLUSTER_LEAD
    )
    context = {
        "cluster": found,
        "ancestors": directory.ancestors_of(found.area),
        "members": members,
        "leads": {row.area_id: row for row in held.select_related("person")},
        "places": places,
        "lead": lead,
        "may_change": may(person, "assignments.assign", found),
    }
    status = 422 if places.errors or lead.errors else 200
    return render(request, "assignments/cluster.html", context, status=status)


def _form(request: Asked, form: ClusterForm, area: Area) -> HttpResponse:
    context = {"form": form, "area": area, "ancestors": directory.ancestors_of(area)}
    status = 422 if form.errors else 200
    return render(request, "assignments/cluster_form.html", context, status=status)


def _changed(form: ClusterForm, found: Cluster, *, by: Person) -> str:
    if form.is_valid():
        form.done(
            lambda: services.change_cluster(
                cluster=found,
                name=form.cleaned_data["name"],
                members=list(form.cleaned_data["members"]),
                by=by,
                at=clock.now(),
            )
        )
    return _("The cluster is changed.") if form.is_valid() else ""


def _led(form: ClusterLeadForm, found: Cluster, *, by: Person) -> str:
    if not form.is_valid():
        return ""
    typed = form.cleaned_data
    form.done(
        lambda: services.lead_cluster(
            cluster=found,
            lead=typed["who"],
            from_day=typed["start"],
            note=typed["note"],
            by=by,
            at=clock.now(),
        )
    )
    if not form.is_valid():
        return ""
    return _("%(person)s leads all places of the cluster.") % {"person": typed["who"].name}
