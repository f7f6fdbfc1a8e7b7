"""What the pages without an account share: caching, limits, the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, patch_cache_control, patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

View = Callable[..., HttpResponse]
KEPT_S = 300


def open_to_caches(view: View) -> View:
    """Let any cache keep the page for five minutes: it is the same for everybody."""

    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == 200:
            patch_cache_control(response, public=True, max_age=KEPT_S)
            patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response

    return kept


def kept_by_nobody(view: View) -> View:
    """Let no cache keep the page, and no search engine list it: it is about one report."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    return guarded


def is_too_often(request: HttpRequest, action: str, *, key: str | None = None) -> bool:
    """Count one more use and return whether it is one too many.

    How many there may be of each action stands in the settings, beside those of signing in.
    """
    return not ratelimit.consume(request, action=f"public_{action}", key=key)


@require_safe
def language(request: HttpRequest) -> HttpResponse:
    """Keep the language chosen on this device, and go back to the page."""
    wanted = request.GET.get("to", "")
    back = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = reverse("public:home")
    response = HttpResponseRedirect(back)
    if wanted in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            wanted,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    add_never_cache_headers(response)
    return response
