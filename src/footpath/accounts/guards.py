"""The doors of pages: who must be signed in, and as whom the page is asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from footpath.accounts import selectors

View = Callable[..., HttpResponse]


class Asked(HttpRequest):
    """A request that went through one of the guards; only for types, never made.

    ``person`` is the acting person (None for a user without one, where ``known_user`` let it in).
    """

    person: Any
    user: Any
    session: Any
    htmx: Any


def signed_in(view: View) -> View:
    """Let only a signed-in person in, and set ``request.person``.

    Others are sent to sign in and come back. A user without a person (no post yet) is told so.
    The page is never kept by a shared cache.
    """

    @wraps(view)
    def guarded(request: Asked, *args: Any, **kwargs: Any) -> HttpResponse:
        person = selectors.person_behind(request.user)
        if person is None:
            if request.user.is_authenticated:
                return render(request, "errors/no_person.html", status=403)
            return redirect_to_login(request.get_full_path())
        request.person = person
        return _private(view(request, *args, **kwargs))

    return guarded


def known_user(view: View) -> View:
    """Let any signed-in user in, with or without a post: for the pages of one's own account.

    ``request.person`` is the person behind the user, or None.
    """

    @wraps(view)
    def guarded(request: Asked, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        request.person = selectors.person_behind(request.user)
        return _private(view(request, *args, **kwargs))

    return guarded


def _private(response: HttpResponse) -> HttpResponse:
    if not response.has_header("Cache-Control"):
        add_never_cache_headers(response)
    patch_vary_headers(response, ["Cookie"])
    return response
