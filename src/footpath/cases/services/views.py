"""Keeping filters of the ledger under a name."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.cases.models import SavedView
from footpath.core.errors import InvalidValue, NotThere
from footpath.directory.models import Person

MOST_VIEWS = 20


@transaction.atomic
def save_view(*, name: str, query: str, by: Person) -> SavedView:
    """Keep a filter under a name; the same name again replaces it. Private: no trail line."""
    name = " ".join(name.split())
    if not name:
        raise InvalidValue(_("Give the view a name."), field="name")
    if len(query) > 500 or len(name) > 60:
        raise InvalidValue(_("The name or the filter is too long."), field="name")
    others = SavedView.objects.filter(person=by).exclude(name=name)
    if others.count() >= MOST_VIEWS:
        raise InvalidValue(
            _("You keep %(count)s views already. Delete one first.") % {"count": MOST_VIEWS},
            field="name",
        )
    view, _made = SavedView.objects.update_or_create(
        person=by, name=name, defaults={"query": query}
    )
    return view


@transaction.atomic
def delete_view(*, pk: int, by: Person) -> None:
    """Drop one's own view; NotThere when it is not theirs."""
    deleted, _rows = SavedView.objects.filter(pk=pk, person=by).delete()
    if not deleted:
        raise NotThere
