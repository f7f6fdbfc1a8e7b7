"""Pages of signing in and out, and of one's own account."""

from __future__ import annotations

import hashlib

from allauth.account.internal.flows.logout import logout
from allauth.account.views import LoginView
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from footpath.accounts import rules, selectors, services
from footpath.accounts.forms import PasswordForm, SignInForm, TokenForm
from footpath.accounts.guards import Asked, known_user
from footpath.accounts.models import Session
from footpath.core import clock
from footpath.core.errors import InvalidValue, NotThere


class SignIn(LoginView):
    """Allauth's sign-in in our look; too many failures are answered with 429."""

    form_class = SignInForm
    template_name = "accounts/sign_in.html"

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        """Show what is wrong; a slowed-down sign-in gets a page of its own."""
        if form.has_error("__all__", "too_many_login_attempts"):
            return ratelimit.respond_429(self.request)
        response: HttpResponse = super().form_invalid(form)
        response.status_code = 422
        return response


sign_in = SignIn.as_view()


@require_http_methods(["GET", "POST"])
def sign_out(request: Asked) -> HttpResponse:
    """Ask on GET, sign out on POST."""
    if request.method == "POST":
        logout(request)
        return redirect("accounts:sign-in")
    if not request.user.is_authenticated:
        return redirect("accounts:sign-in")
    request.person = selectors.person_behind(request.user)
    return render(request, "accounts/sign_out.html")


@sensitive_variables("form")
@sensitive_post_parameters("old", "new")
@require_http_methods(["GET", "POST"])
@known_user
def password(request: Asked) -> HttpResponse:
    """Change one's own password; the other sessions end."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST":
        slowed = ratelimit.consume_or_429(request, action="change_password", user=request.user)
        if slowed:
            return slowed
        if form.is_valid():
            try:
                services.change_password(
                    user=request.user,
                    old=form.cleaned_data["old"],
                    new=form.cleaned_data["new"],
                    kept=request.session.session_key,
                    by=request.user,
                    at=clock.now(),
                )
            except InvalidValue as wrong:
                form.add_error(wrong.field, str(wrong))
            else:
                update_session_auth_hash(request, request.user)
                messages.success(request, _("The password is changed. Other sessions have ended."))
                return redirect("accounts:sessions")
    return render(
        request, "accounts/password.html", {"form": form}, status=422 if form.errors else 200
    )


@known_user
def sessions(request: Asked) -> HttpResponse:
    """List one's own open sessions."""
    found = [
        {
            "id": _public_id(row),
            "device": rules.device_of(row.agent) or _("Unknown device"),
            "address": row.address,
            "started_at": row.started_at,
            "seen_at": row.seen_at,
            "is_this": row.session_key == request.session.session_key,
        }
        for row in selectors.sessions_of(request.user)
    ]
    found.sort(key=lambda session: not session["is_this"])
    return render(request, "accounts/sessions.html", {"sessions": found})


@require_POST
@known_user
def end_session(request: Asked) -> HttpResponse:
    """End one of one's own sessions."""
    wanted = request.POST.get("session", "")
    keys = {_public_id(row): row.session_key for row in selectors.sessions_of(request.user)}
    if wanted not in keys:
        raise NotThere
    services.end_session(
        user=request.user, session_key=keys[wanted], by=request.user, at=clock.now()
    )
    messages.success(request, _("The session has ended."))
    return redirect("accounts:sessions")


@require_POST
@known_user
def end_others(request: Asked) -> HttpResponse:
    """End all of one's own sessions but this one."""
    kept = request.session.session_key
    services.end_other_sessions(user=request.user, kept=kept, by=request.user, at=clock.now())
    messages.success(request, _("All other sessions have ended."))
    return redirect("accounts:sessions")


@require_http_methods(["GET", "POST"])
@known_user
def tokens(request: Asked) -> HttpResponse:
    """List one's own keys of the API; make one and show it once."""
    form = TokenForm(request.POST or None)
    made = None
    if form.is_valid():
        made = services.create_api_token(
            user=request.user, name=form.cleaned_data["name"], by=request.user, at=clock.now()
        )
        form = TokenForm()
    context = {"form": form, "made": made, "tokens": selectors.tokens_of(request.user)}
    return render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)


@require_POST
@known_user
def revoke_token(request: Asked, pk: int) -> HttpResponse:
    """Revoke one of one's own keys of the API."""
    services.revoke_api_token(user=request.user, token_id=pk, by=request.user, at=clock.now())
    messages.success(request, _("The key no longer works."))
    return redirect("accounts:tokens")


def _public_id(row: Session) -> str:
    """Return what stands for a session on a page: its key would let anybody in who reads it."""
    return hashlib.sha256(row.session_key.encode()).hexdigest()[:16]
