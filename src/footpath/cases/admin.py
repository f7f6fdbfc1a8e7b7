"""The ledger in the administration site: to read, and to verify through the same service."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet, URLField
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from footpath.accounts import audit
from footpath.accounts import selectors as accounts
from footpath.cases import rules, selectors, services
from footpath.cases.models import Case, Category
from footpath.cases.rules import questions
from footpath.cases.selectors import reference
from footpath.core import clock
from footpath.core.errors import NotAllowed, NotThere, RuleBroken


class CategoryForm(forms.ModelForm):
    """A category; its questions must be such as can be asked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["questions"].help_text = _(
            "A list of attributes as in Open311. Each text in up to four languages: description_en,"
            " description_vi, description_zh, description_ru; likewise datatype_description and the"
            " name of each value. Where one is empty, English stands in."
        )

    def clean_questions(self) -> Any:
        """Return the questions; refuse what cannot be asked, saying which one."""
        kept = self.cleaned_data["questions"] or []
        try:
            questions.read(kept)
        except questions.Unusable as problem:
            raise forms.ValidationError(
                _("These questions cannot be asked: %(problem)s.") % {"problem": problem}
            ) from None
        return kept


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin[Category]):
    """The kinds of cases; one that is used is switched off, not deleted."""

    form = CategoryForm
    list_display = ("code", "name_en", "name_vi", "days_to_close", "is_active")
    search_fields = ("code", "name_en", "name_vi", "name_zh", "name_ru")

    def has_delete_permission(self, request: HttpRequest, obj: Category | None = None) -> bool:
        """Return False: cases keep their category."""
        return False

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        """Keep the category, with its line in the trail."""
        super().save_model(request, obj, form, change)
        audit.record(
            "case.category_changed" if change else "case.category_created",
            by=accounts.person_behind(request.user),
            subject=obj,
            at=clock.now(),
            after={name: form.cleaned_data[name] for name in form.changed_data},
        )
        reference.forget()


@admin.register(Case)
class CaseAdmin(admin.ModelAdmin[Case]):
    """The ledger, to read. Every deed goes through the services; here only verification."""

    list_display = ("number", "title", "area", "state", "owner", "due_on")
    formfield_overrides: ClassVar = {URLField: {"assume_scheme": "https"}}
    list_filter = ("state", "category")
    list_select_related = ("area", "owner")
    search_fields = ("title",)
    show_full_result_count = False
    actions = ("verify_confirmed",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: cases are raised on the pages."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        """Return False: a case changes by deeds only."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        """Return False: a case is closed, never deleted."""
        return False

    @admin.action(description=gettext_lazy("Verify: confirmed"))
    def verify_confirmed(self, request: HttpRequest, queryset: QuerySet[Case]) -> None:
        """Verify each chosen case as the person who is signed in, and say each refusal."""
        person = accounts.person_behind(request.user)
        for pk in queryset.order_by("pk").values_list("pk", flat=True):
            try:
                case = selectors.get_case_for(person, pk=pk)
                services.verify_case(
                    case=case, result=rules.Result.CONFIRMED, by=person, at=clock.now()
                )
            except (RuleBroken, NotAllowed, NotThere) as refused:
                said = str(refused) or _("There is no such case.")
                messages.error(request, f"C-{pk:04d}: {said}")
            else:
                messages.success(
                    request, _("%(number)s is verified and closed.") % {"number": case.number}
                )
