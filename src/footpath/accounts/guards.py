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


def signed_in(view: View) -> View:
    """Let only a signed-in person in, and set ``request.person``.

    Others are sent to sign in and come back. A user without a person (no post yet) is told so.
    The page is never kept by a shared cache.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = selectors.person_behind(request.user)
        if person is None:
            if request.user.is_authenticated:
                return render(request, "errors/no_person.html", status=403)
            return redirect_to_login(request.get_full_path())
        request.person = person
        response = view(request, *args, **kwargs)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        patch_vary_headers(response, ["Cookie"])
        return response

    return guarded
