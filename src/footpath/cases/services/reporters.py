"""Reports of people without a post, and of people in office who want to stay unknown.

The reporter stands in one row that only this file and ``selectors/reporters.py`` read. Neither
the trail, nor the thread, nor any notice names whom it is about.
Source: S0.1; docs/explanation/confidentiality.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.accounts.rules import Role
from footpath.assignments import selectors as assignments
from footpath.cases.models import (
    Application,
    Case,
    Category,
    Entry,
    Received,
    Reporter,
    ReporterMail,
)
from footpath.cases.selectors.reporters import code_of, digests_of
from footpath.cases.services.attachments import add_attachments
from footpath.cases.services.raising import new_case, write_case
from footpath.core import clock, sql, tree
from footpath.core.errors import InvalidValue
from footpath.directory.models import Area, Membership, Person

SAID_BY = gettext_noop("The reporter")
"""Who is named in the thread and the trail when the reporter says something."""

FORM = "public form"
"""Who is named in the trail as raising a report, whoever sent it."""


MOST_OF_AN_ADDRESS = 254
"""The longest address to which anything can be sent, and that is kept."""


def report_case(  # noqa: PLR0913 - the values of a report
    *,
    title: str,
    text: str = "",
    area: Area,
    category: Category,
    at: datetime,
    name: str = "",
    email: str = "",
    phone: str = "",
    language: str = "",
    latitude: float | None = None,
    longitude: float | None = None,
    address: str = "",
    answers: Mapping[str, Any] | None = None,
    media_url: str = "",
    uploads: Sequence[UploadedFile[Any]] = (),
    source: str = Case.Source.PUBLIC,
    is_confidential: bool = False,
    client_key: UUID | None = None,
    application: Application | None = None,
    application_key: str = "",
) -> tuple[Case, str]:
    """Put a report of somebody without a post into the ledger; return the case and its code.

    The code (twelve signs, ``codes.grouped`` shows it) opens the page of the reporter and is kept
    as a digest only. With a ``client_key`` the same report again gives the same case and the same
    code. InvalidValue names the field that cannot be taken: among them a category that is not
    open to the public, and an address that is none. Source: S0.1.
    """
    if not (category.is_public and category.is_active):
        raise InvalidValue(_("The public cannot report this. Choose another."), field="category")
    shown_at_once = not category.is_moderated or (
        application is not None and application.is_trusted
    )
    return _report(
        title=title,
        text=text,
        area=area,
        category=category,
        at=at,
        source=source,
        uploads=uploads,
        contact={"name": name, "email": email, "phone": phone, "language": language},
        is_confidential=is_confidential,
        handler=handler_above(area, at) if is_confidential else None,
        client_key=client_key,
        application=application,
        application_key=application_key,
        latitude=latitude,
        longitude=longitude,
        address=" ".join(address.split())[:300],
        answers=dict(answers or {}),
        media_url=media_url,
        is_public=shown_at_once and not is_confidential,
    )


def report_confidentially(
    *,
    title: str,
    text: str,
    area: Area,
    category: Category,
    handler: Person,
    by: Person,
    at: datetime,
    uploads: Sequence[UploadedFile[Any]] = (),
    client_key: UUID | None = None,
) -> tuple[Case, str]:
    """Put a problem into the ledger for somebody in office whom only the handler may know.

    It looks like any report of the public form: the case has no raiser. The code is the one way
    by which the person follows it. InvalidValue when the handler is the person.
    """
    require(by, "cases.raise", area)
    if handler.pk == by.pk:
        raise InvalidValue(_("Choose somebody else: only they will know you."), field="handler")
    return _report(
        title=title,
        text=text,
        area=area,
        category=category,
        at=at,
        source=Case.Source.PUBLIC,
        uploads=uploads,
        contact={"person": by},
        is_confidential=True,
        handler=handler,
        client_key=client_key,
    )


def handler_above(area: Area, at: datetime) -> Person | None:
    """Return who may know a confidential reporter: who is in charge of a place above, the nearest.

    Where nobody is in charge, who heads an office there. Never who is in charge of the place
    itself: the report may be about them. None when there is nobody.
    """
    above = tree.ids_of(area.path)[:-1]
    day = clock.day_of(at)
    leads = assignments.lead_of(above, on=day)
    heads = {
        row.organization.area_id: row.person
        for row in Membership.objects.filter(
            Q(until=None) | Q(until__gte=day),
            start__lte=day,
            post__role=Role.HEAD,
            organization__area__in=above,
        )
        .select_related("person", "organization")
        .order_by("-pk")
    }
    own = assignments.lead_of([area.pk], on=day).get(area.pk)
    for pk in reversed(above):
        for found in (leads.get(pk), heads.get(pk)):
            if found is not None and found != own:
                return found
    return None


def _report(  # noqa: PLR0913 - the values of a report
    *,
    title: str,
    text: str,
    area: Area,
    category: Category,
    at: datetime,
    source: str,
    uploads: Sequence[UploadedFile[Any]],
    contact: dict[str, Any],
    is_confidential: bool,
    handler: Person | None,
    client_key: UUID | None,
    application: Application | None = None,
    application_key: str = "",
    **more: Any,
) -> tuple[Case, str]:
    # Each sender has keys of its own, and what is kept of them does not give the code away.
    sender = _sender_of(application, contact.get("person"))
    code = code_of(f"{sender}:{client_key}" if client_key else None)
    kept = uuid5(NAMESPACE_OID, f"{sender}:{client_key}") if client_key else None
    case = new_case(
        title=title,
        text=text,
        area=area,
        category=category,
        at=at,
        source=source,
        handler=handler,
        client_key=kept,
        **more,
    )
    reporter = Reporter(
        pk=sql.next_pk(Reporter),
        is_confidential=is_confidential,
        code_digest=digests_of(code)[0],
        **_clean(contact),
    )
    beside: list[models.Model] = [reporter]
    actor = audit.System(FORM)
    if application is not None:
        beside.append(Received(application=application, key=application_key))
        actor = audit.System(application.name)
    with transaction.atomic():
        try:
            with transaction.atomic():
                write_case(case, actor=actor, at=at, with_reporter=True, beside=beside)
        except IntegrityError:
            already = _sent_before(kept, title=case.title, area=area)
            if already is None:
                raise
            return already, code if _is_of(already, code) else ""
        if uploads:
            add_attachments(case=case, entry=None, uploads=uploads, by=None, at=at)
        if reporter.email:
            reporter = Reporter.objects.get(case=case)
            ReporterMail.objects.create(
                reporter=reporter, key="received", kind="received", planned_at=at
            )
    return case, code


def _sender_of(application: Application | None, person: Person | None) -> str:
    if application is not None:
        return f"application:{application.pk}"
    return f"person:{person.pk}" if person is not None else "form"


def _sent_before(kept: UUID | None, *, title: str, area: Area) -> Case | None:
    if kept is None:
        return None
    case = Case.objects.filter(client_key=kept).first()
    if case is not None and (case.title, case.area_id) != (title, area.pk):
        raise InvalidValue(_("This key was already used for another record."), field="client_key")
    return case


def _is_of(case: Case, code: str) -> bool:
    return Reporter.objects.filter(case=case, code_digest__in=digests_of(code)).exists()


def _clean(contact: dict[str, Any]) -> dict[str, Any]:
    """Return the contact as it is kept; InvalidValue names what cannot be used."""
    values = {
        name: " ".join(str(value or "").split()) if isinstance(value, str | None) else value
        for name, value in contact.items()
    }
    most = {"name": (120, _("The name is too long.")), "phone": (40, _("The number is too long."))}
    for name, (length, sentence) in most.items():
        if len(values.get(name, "")) > length:
            raise InvalidValue(sentence, field=name)
    email = values.get("email", "")
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise InvalidValue(_("This is no e-mail address."), field="email") from None
        if len(email) > MOST_OF_AN_ADDRESS:
            raise InvalidValue(_("This is no e-mail address."), field="email")
        local, _at, domain = email.rpartition("@")
        values["email"] = f"{local}@{domain.lower()}"
    known = dict(settings.LANGUAGES)
    if values.get("language") not in known:
        values["language"] = settings.LANGUAGE_CODE
    return values


# --- what the reporter is told --------------------------------------------------------------------


def tell_reporter(case: Case, *, key: str, kind: str, at: datetime) -> None:
    """Plan one message to the reporter of a case, once for each key; part of the deed.

    Nothing is planned for an address that has not answered, or that wants no more messages.
    """
    row = Reporter.objects.filter(
        case=case, confirmed_at__isnull=False, stopped_at=None, erased_at=None
    ).exclude(email="")
    ReporterMail.objects.bulk_create(
        [ReporterMail(reporter=one, key=key, kind=kind, planned_at=at) for one in row],
        ignore_conflicts=True,
    )


def case_closed(case: Case, *, at: datetime) -> None:
    """Ask the reporter of a closed case, and those of its duplicates, whether it is fixed.

    Asked once for each round that was closed; part of the deed that closes the case.
    """
    pks = {case.pk}
    while more := set(
        Case.objects.filter(duplicate_of__in=pks).exclude(pk__in=pks).values_list("pk", flat=True)
    ):
        pks |= more
    rows = Reporter.objects.filter(case__in=pks, asked_round__lt=case.round_number)
    for reporter in rows.select_related("case"):
        asked = Reporter.objects.filter(pk=reporter.pk, asked_round__lt=case.round_number).update(
            asked_at=at,
            asked_round=case.round_number,
            answer="",
            answer_text="",
            answered_at=None,
        )
        if asked:
            key = f"closed-{case.round_number}"
            tell_reporter(reporter.case, key=key, kind="closed", at=at)


def is_confidential(case: Case) -> bool:
    """Return whether the case has a reporter whom only the handler may know."""
    return Reporter.objects.filter(case=case, is_confidential=True).exists()


def reporter_may_read(entry: Entry) -> bool:
    """Return whether the reporter may read an entry: what is public, and the reporter's own."""
    return entry.is_public or (entry.deed == Entry.Deed.ANSWERED and entry.by_id is None)


# --- erasing --------------------------------------------------------------------------------------


def erase_due(at: datetime) -> int:
    """Erase the contact of reporters whose case was closed long enough ago; returns how many.

    How long is ``FOOTPATH_REPORTER_KEPT_DAYS`` (90). The answers and the code stay.
    """
    before = at - timedelta(days=settings.REPORTER_KEPT_DAYS)
    due = Reporter.objects.filter(erased_at=None, case__is_open=False, case__closed_at__lt=before)
    for other in ("case__duplicate_of", "case__duplicate_of__duplicate_of"):
        # A duplicate goes on in the other case, and its reporter is asked when that one is closed.
        goes_on = Q(**{f"{other}__is_open": True}) | Q(**{f"{other}__closed_at__gte": before})
        due = due.exclude(goes_on)
    erased = 0
    for pk, case_id in list(due.values_list("pk", "case_id")):
        with transaction.atomic():
            changed = Reporter.objects.filter(pk=pk, erased_at=None, case__is_open=False).update(
                name="", email="", phone="", person=None, erased_at=at
            )
            if not changed:
                continue
            ReporterMail.objects.filter(reporter=pk, sent_at=None).delete()
            audit.record(
                "case.reporter_erased",
                by=audit.System(),
                subject=f"{Case._meta.label_lower}:{case_id}",
                at=at,
            )
            erased += 1
    return erased
