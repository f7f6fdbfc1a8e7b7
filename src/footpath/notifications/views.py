"""Pages about one's own notices: what came, how to be told, what was sent."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.core import clock
from footpath.core.errors import InvalidValue, RuleBroken
from footpath.notifications import addresses, selectors, services
from footpath.notifications.forms import ChannelForm, CodeForm, PreferencesForm
from footpath.notifications.models import Channel, Notice
from footpath.notifications.sentences import say
from footpath.notifications.transports import chat, webhook


@require_safe
@signed_in
def inbox(request: Asked) -> HttpResponse:
    """List one's own notices: the unread first, then the others."""
    unread = selectors.unread(request.user, after=request.GET.get("unread"))
    read_before = selectors.read(request.user, after=request.GET.get("after"))
    context = {
        "unread": [_shown(notice) for notice in unread.rows],
        "read": [_shown(notice) for notice in read_before.rows],
        "newest": max((notice.pk for notice in unread.rows), default=0),
        "more_unread": _next(request, "unread", unread.next_after),
        "more_read": _next(request, "after", read_before.next_after),
        "is_first": not {"unread", "after"} & set(request.GET),
    }
    return render(request, "notifications/list.html", context)


def _shown(notice: Notice) -> dict[str, Any]:
    return {"pk": notice.pk, "text": say(notice), "at": notice.at, "url": _inside(notice.url)}


def _inside(url: str) -> str:
    """Return an address of this site, or "" for any other."""
    return url if url.startswith("/") and url_has_allowed_host_and_scheme(url, None) else ""


def _next(request: Asked, name: str, position: str | None) -> str:
    if position is None:
        return ""
    query = request.GET.copy()
    query[name] = position
    return f"?{query.urlencode()}"


@require_POST
@signed_in
def open_notice(request: Asked, pk: int) -> HttpResponse:
    """Mark a notice as read and go to what it is about."""
    notice = services.mark_read(user=request.user, notice_id=pk, at=clock.now())
    return redirect(_inside(notice.url) or "notifications:list")


@require_POST
@signed_in
def read(request: Asked) -> HttpResponse:
    """Mark one notice as read, or all that the page has shown."""
    numbers = {
        name: int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0
        for name in ("notice", "up_to")
        for value in [request.POST.get(name, "")]
    }
    if numbers["notice"]:
        services.mark_read(user=request.user, notice_id=numbers["notice"], at=clock.now())
    elif numbers["up_to"]:
        services.mark_all_read(user=request.user, up_to=numbers["up_to"], at=clock.now())
    return redirect("notifications:list")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def preferences(request: Asked) -> HttpResponse:
    """Show and change how one is told."""
    kept = selectors.preferences_of(request.user)
    form = PreferencesForm(request.POST if request.method == "POST" else None, kept=kept)
    if form.is_valid():
        given = form.cleaned_data
        try:
            services.save_preferences(
                user=request.user,
                quiet_from=given["quiet_from"],
                quiet_until=given["quiet_until"],
                digest_at=given["digest_at"],
                digest_days=[int(day) for day in given["digest_days"]],
                muted=given["muted"],
                by=request.person,
                at=clock.now(),
            )
        except InvalidValue as wrong:
            form.add_error(wrong.field, str(wrong))
        else:
            messages.success(request, _("Your choice is kept."))
            return redirect("notifications:preferences")
    return _preferences_page(request, form=form)


def _preferences_page(request: Asked, **forms: Any) -> HttpResponse:
    """Return the page with its two forms; 422 when one of them has to be corrected."""
    context: dict[str, Any] = {
        "form": forms.get("form") or PreferencesForm(kept=selectors.preferences_of(request.user)),
        "channel_form": forms.get("channel_form") or ChannelForm(),
        "channels": [_channel(channel) for channel in selectors.channels_of(request.user)],
        "has_email": bool(settings.EMAIL_URL),
        "chats": chat.listed(),
    }
    wrong = any(form.errors for form in forms.values())
    return render(request, "notifications/preferences.html", context, status=422 if wrong else 200)


def _channel(channel: Channel) -> dict[str, Any]:
    is_webhook = channel.kind == Channel.Kind.WEBHOOK
    return {
        "pk": channel.pk,
        "kind": channel.kind,
        "label": Channel.Kind(channel.kind).label,
        "address": addresses.short(channel.kind, channel.address),
        "is_active": channel.is_active,
        "code_form": CodeForm(auto_id=f"channel_{channel.pk}_%s"),
        "failures": channel.failures if channel.is_active else 0,
        "key": webhook.signing_key(channel.pk, channel.address) if is_webhook else "",
    }


@require_POST
@signed_in
def channel_new(request: Asked) -> HttpResponse:
    """Add a channel; a first message goes to it at once."""
    form = ChannelForm(request.POST)
    if form.is_valid():
        try:
            channel = services.add_channel(
                user=request.user, **form.cleaned_data, by=request.person, at=clock.now()
            )
        except InvalidValue as wrong:
            form.add_error(wrong.field, str(wrong))
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            said = _(
                "A first message is on its way. The list of what was sent shows if it arrived."
            )
            if not channel.is_active:
                said = _("A code is on its way to this address. Enter it here.")
            messages.success(request, said)
            return redirect("notifications:preferences")
    return _preferences_page(request, channel_form=form)


@require_POST
@signed_in
def channel_confirm(request: Asked, pk: int) -> HttpResponse:
    """Prove an e-mail address with the code that came there."""
    confirmed = services.confirm_channel(
        user=request.user,
        channel_id=pk,
        code=request.POST.get("code", ""),
        by=request.person,
        at=clock.now(),
    )
    if confirmed:
        messages.success(request, _("The address is used from now on."))
    else:
        messages.warning(
            request, _("This is not the code. After five wrong codes the address is removed.")
        )
    return redirect("notifications:preferences")


@require_POST
@signed_in
def channel_remove(request: Asked, pk: int) -> HttpResponse:
    """Remove a channel."""
    services.remove_channel(user=request.user, channel_id=pk, by=request.person, at=clock.now())
    messages.success(request, _("Nothing more goes there."))
    return redirect("notifications:preferences")


@require_safe
@signed_in
def deliveries(request: Asked) -> HttpResponse:
    """List what was sent to oneself, and what became of it."""
    page = selectors.deliveries_of(request.user, after=request.GET.get("after"))
    rows = [
        {
            "kind": Channel.Kind(row.kind).label,
            "address": row.address,
            "state": row.state,
            "label": row.get_state_display(),
            "at": row.sent_at or row.due_at,
            "is_digest": row.is_digest,
            "attempts": row.attempts,
            "error": _(row.error) if row.error else "",
        }
        for row in page.rows
    ]
    context = {
        "rows_": rows,
        "next": _next(request, "after", page.next_after),
        "is_first": "after" not in request.GET,
    }
    return render(request, "notifications/deliveries.html", context)
