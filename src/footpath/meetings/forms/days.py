"""What is typed about day rules and days, made into clean values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from footpath.core.keys import LONGEST, key_in
from footpath.directory.forms import AreaField, DirectoryForm, day_field
from footpath.meetings import selectors
from footpath.meetings.forms.fields import Name
from footpath.meetings.models import DayRule, MeetingKind
from footpath.meetings.rules.days import DayTest
from footpath.meetings.services import Terms


class Names(forms.ModelMultipleChoiceField):
    """A choice of several things by their names in the reader's language."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        """Return the name."""
        return str(obj.name)

    def clean(self, value: Any) -> Any:
        """Return the things; ValidationError for a key too long for a database."""
        for key in map(str, value or ()):
            if len(key) > LONGEST:
                raise ValidationError(
                    self.error_messages["invalid_pk_value"],
                    code="invalid_pk_value",
                    params={"pk": key[:LONGEST]},
                )
        return super().clean(value)


class DaysOfMonth(forms.CharField):
    """Days of the month typed as numbers: "9, 15"."""

    def prepare_value(self, value: Any) -> Any:
        """Return the numbers as they are typed."""
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[int]:
        """Return the numbers; ValidationError when one is no day of a month."""
        words = str(super().clean(value) or "").replace(",", " ").replace(";", " ").split()
        numbers = {key_in(word) or 0 for word in words}
        if not all(1 <= number <= 31 for number in numbers):
            raise ValidationError(_("Give numbers from 1 to 31, with commas between them."))
        return sorted(numbers)


class RuleForm(DirectoryForm):
    """A day rule of a place: for whom, what it asks of a day, from when."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        help_text=gettext_lazy("It is shown when the rule refuses a day."),
    )
    instead_of = forms.ChoiceField(
        label=gettext_lazy("Stands instead of a rule from above"), required=False
    )
    of_offices = forms.BooleanField(
        label=gettext_lazy("For meetings of offices among themselves"), required=False
    )
    kinds = Names(
        label=gettext_lazy("For these kinds of meetings"),
        queryset=MeetingKind.objects.order_by("code"),
        required=False,
        help_text=gettext_lazy("If nothing is chosen here or above, for every meeting."),
    )
    test = forms.ChoiceField(
        label=gettext_lazy("What the rule asks of a day"),
        choices=DayRule.Test.choices,
        widget=forms.RadioSelect,
    )
    days = DaysOfMonth(
        label=gettext_lazy("Days of the month"),
        required=False,
        help_text=gettext_lazy("For the first choice. For example: 9, 15"),
    )
    next_working_day = forms.BooleanField(
        label=gettext_lazy("The next working day instead of a day off"), required=False
    )
    others = Names(
        label=gettext_lazy("Kinds of meetings whose days are kept free"),
        queryset=MeetingKind.objects.order_by("code"),
        required=False,
        help_text=gettext_lazy("For the second choice."),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days of the week"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("For the last choice."),
    )
    basis = forms.CharField(
        label=gettext_lazy("Basis"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Number and date of the document."),
    )
    valid_from = day_field(gettext_lazy("From"))
    valid_until = day_field(gettext_lazy("Until, included"), required=False)

    def __init__(self, *args: Any, above: Sequence[DayRule] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = selectors.day_names()
        _choice(self, "weekdays").choices = [(number, names[number]) for number in range(7)]
        if above:
            rows = [(rule.code, f"{rule.title} ({rule.area.name})") for rule in above]
            _choice(self, "instead_of").choices = [("", _("None")), *rows]
        else:
            del self.fields["instead_of"]

    def terms(self) -> Terms:
        """Return what the rule says."""
        asked = self.cleaned_data
        weekly = asked["test"] == DayTest.WEEKDAYS
        return Terms(
            title=asked["title"],
            test=asked["test"],
            of_offices=asked["of_offices"],
            kinds=list(asked["kinds"]),
            days=asked["weekdays"] if weekly else asked["days"],
            next_working_day=asked["next_working_day"],
            others=list(asked["others"]),
            basis=asked["basis"],
        )


class ChangeRuleForm(RuleForm):
    """A rule as it is to be from a day on; how long it holds stays."""

    def __init__(self, *args: Any, rule: DayRule, **kwargs: Any) -> None:
        weekly = rule.test == DayTest.WEEKDAYS
        kwargs["initial"] = {
            "title": rule.title,
            "of_offices": rule.of_offices,
            "kinds": list(rule.kinds.all()),
            "test": rule.test,
            "days": [] if weekly else rule.days,
            "weekdays": rule.days if weekly else [],
            "next_working_day": rule.next_working_day,
            "others": list(rule.others.all()),
            "basis": rule.basis,
        } | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        del self.fields["valid_until"]


class EndRuleForm(DirectoryForm):
    """The last day of a rule."""

    last_day = day_field(
        gettext_lazy("Last day"),
        help_text=gettext_lazy("The rule holds on this day and no longer after it."),
    )


class DayCheckForm(DirectoryForm):
    """What is known of a meeting while its form is filled in: enough to ask about a day."""

    area = AreaField(label=gettext_lazy("Place"))
    kind = Name(label=gettext_lazy("Kind"), queryset=MeetingKind.objects.order_by("code"))
    day = day_field(gettext_lazy("Day"))


def _choice(form: forms.Form, name: str) -> forms.ChoiceField:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
    return field
