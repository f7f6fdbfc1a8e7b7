"""Who reported a case, and who may know it. Nothing else reads the reporter's name and address."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from footpath.accounts.rules import Role
from footpath.cases.models import Case, Reporter
from footpath.cases.rules import codes
from footpath.core.errors import NotThere
from footpath.directory.models import Person

LEADERS = frozenset({Role.HEAD, Role.OFFICE})
PAGE_LASTS_S = 24 * 3600
MAIL_LASTS_S = 400 * 24 * 3600
_PAGE = "footpath.reporter.page"
_MAIL = "footpath.reporter.mail"


@dataclass(frozen=True)
class Contact:
    """How a reporter is reached, for those who may know it."""

    name: str
    email: str
    phone: str


@dataclass(frozen=True)
class Standing:
    """What everybody who reads the case may know of its reporter: nothing of the person."""

    is_confidential: bool
    handler: Person | None
    answer: str
    answer_text: str
    contact: Contact | None
    is_erased: bool


def standing_for(person: Person, case: Case) -> Standing | None:
    """Return what the person may know of the reporter; None when nobody outside reported it."""
    if case.raised_by_id is not None:
        return None
    reporter = Reporter.objects.filter(case=case).select_related("person").first()
    if reporter is None:
        return None
    return Standing(
        is_confidential=reporter.is_confidential,
        handler=case.handler,
        answer=reporter.answer,
        answer_text=reporter.answer_text,
        contact=_contact(reporter) if _may_know(person, case, reporter) else None,
        is_erased=reporter.erased_at is not None,
    )


def reporter_for(person: Person, case: Case) -> Contact | None:
    """Return the contact of a case's reporter if this person may know it, else None.

    Of a confidential reporter the handler alone; else the owner, the handler and whoever heads
    the place or works in its office. Administrators and auditors never.
    """
    standing = standing_for(person, case)
    return standing.contact if standing is not None else None


def _may_know(person: Person, case: Case, reporter: Reporter) -> bool:
    if reporter.erased_at is not None:
        return False
    if reporter.is_confidential:
        return person.pk == case.handler_id
    if person.pk in (case.owner_id, case.handler_id):
        return True
    return person.scope.covers(case.area_path, LEADERS)


def _contact(reporter: Reporter) -> Contact:
    name = reporter.person.name if reporter.person is not None else reporter.name
    return Contact(name, reporter.email, reporter.phone)


# --- the code -------------------------------------------------------------------------------------


def code_of(key: str | None = None) -> str:
    """Return the code of a report: by chance, or the same again for the same key of its sender."""
    if key is None:
        return codes.code_from(secrets.randbits(128))
    made = salted_hmac("footpath.reporter.code", key, algorithm="sha256").digest()
    return codes.code_from(int.from_bytes(made[:16]))


def digests_of(code: str) -> list[str]:
    """Return how a code is kept: under the present key of the server, then under former ones."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [
        salted_hmac("footpath.reporter.digest", code, secret=key, algorithm="sha256").hexdigest()
        for key in keys
    ]


# --- the reporter's own page ----------------------------------------------------------------------


def reporter_of_code(text: str) -> Reporter | None:
    """Return the reporter with this code, however it was typed; None for any other text."""
    code = codes.typed(text)
    if not code:
        return None
    return _whole().filter(code_digest__in=digests_of(code)).first()


def page_token(reporter: Reporter) -> str:
    """Return what opens the reporter's page for a day."""
    return signing.dumps(reporter.pk, salt=_PAGE)


def mail_token(reporter_id: int) -> str:
    """Return what stands in the links of a reporter's mails."""
    return signing.dumps(reporter_id, salt=_MAIL)


def reporter_of_page(token: str) -> Reporter | None:
    """Return whose page a token opens; None when it opens none, or no more."""
    return _read(token, _PAGE, PAGE_LASTS_S)


def reporter_of_mail(token: str) -> Reporter:
    """Return whose mail a token stood in; NotThere when it is none."""
    reporter = _read(token, _MAIL, MAIL_LASTS_S)
    if reporter is None:
        raise NotThere
    return reporter


def _read(token: str, salt: str, seconds: int) -> Reporter | None:
    try:
        pk = signing.loads(token, salt=salt, max_age=seconds)
    except signing.BadSignature:
        return None
    return _whole().filter(pk=pk).first()


def _whole() -> QuerySet[Reporter]:
    return Reporter.objects.select_related(
        "case__category", "case__area__parent", "case__duplicate_of__area__parent"
    )
