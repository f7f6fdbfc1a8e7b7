"""What every page leans on: record, menu, language, colour scheme, help, health."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from footpath import __version__
from footpath.accounts import selectors as accounts
from footpath.accounts.guards import signed_in
from footpath.core import clock
from footpath.web import context, selectors, services

A_YEAR = 365 * 24 * 3600


@signed_in
@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """Ask what is to be recorded: at most four things, those the person's posts include."""
    return render(request, "web/record.html", {"offers": selectors.record_offers(request.person)})


@signed_in
@require_safe
def menu(request: HttpRequest) -> HttpResponse:
    """Show the menu as a page: the third thing in the bar at the bottom of a phone."""
    return render(request, "web/menu.html")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Speak another language from now on, on this device and wherever the user signs in."""
    chosen = request.POST.get("language", "")
    answer = HttpResponseRedirect(_next(request))
    if chosen in dict(settings.LANGUAGES):
        _keep(answer, settings.LANGUAGE_COOKIE_NAME, chosen)
        if request.user.is_authenticated:
            services.keep_language(user=request.user, language=chosen, at=clock.now())
    return answer


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Show light or dark pages on this device, or as the device itself wishes."""
    chosen = request.POST.get("theme", "")
    answer = HttpResponseRedirect(_next(request))
    if chosen in context.THEMES:
        _keep(answer, context.THEME_COOKIE, chosen)
    return answer


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Say what Footpath is, whom to ask, and which version this is."""
    person = accounts.person_behind(request.user)
    request.person = person
    helpers = selectors.administrators() if person is not None else []
    return render(request, "web/help.html", {"version": __version__, "helpers": helpers})


@never_cache
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """Tell a watcher whether the pages and the database answer (200), or not (503)."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return JsonResponse({"status": "error", "database": "unreachable"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok", "version": __version__})


@require_GET
def robots(request: HttpRequest) -> HttpResponse:
    """Ask search engines to stay outside."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")


def _next(request: HttpRequest) -> str:
    """Return where the form wants to go back to, when that is a page of this site."""
    wanted = request.POST.get("next", "")
    safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else reverse("web:home")


def _keep(answer: HttpResponse, cookie: str, value: str) -> None:
    answer.set_cookie(
        cookie, value, max_age=A_YEAR, secure=settings.HTTPS, httponly=True, samesite="Lax"
    )
