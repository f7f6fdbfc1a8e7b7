"""What is typed about clocks and targets, made into clean values."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from footpath.cases.forms import DeedForm
from footpath.cases.forms import standing_of as standing_of_case
from footpath.cases.models import Case, Category, ClockKind, Target, TimeUnit
from footpath.cases.services.targets import LONGEST, standing_of
from footpath.core.dayfield import DayField
from footpath.directory.forms import AreaField, DirectoryForm
from footpath.directory.models import Tier


class _UntilForm(DeedForm):
    """A deed on clocks: up to which day, and why. ``expected`` names the due date too."""

    field_order = ("until", "text")

    until = DayField(label=gettext_lazy("Up to and including"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})["expected"] = _standing_of(kwargs["case"])
        super().__init__(*args, **kwargs)

    @property
    def is_of_another_state(self) -> bool:
        """Return whether the case or its due date has changed since the page was shown."""
        expected = self.data.get("expected")
        return bool(expected) and expected != _standing_of(self.case)


class PauseForm(_UntilForm):
    """Until when the clock stands, and what the case waits for."""

    label = gettext_lazy("What the case waits for")
    missing = gettext_lazy("Write what the case waits for.")


class ResumeForm(DeedForm):
    """Letting the clock run again needs no words."""

    needs_text = False
    label = gettext_lazy("What has come")


class ExtendForm(_UntilForm):
    """The new due date, and why it is later."""

    label = gettext_lazy("Why more time is given")
    missing = gettext_lazy("Write why more time is given.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].label = gettext_lazy("New due date")


def _standing_of(case: Case) -> str:
    """Return a case with its due date and its pause in one word, to notice a change in between."""
    paused: date | None = case.paused_until
    until = paused.isoformat() if paused is not None else ""
    return f"{standing_of_case(case)}.{case.due_on.isoformat()}.{until}"


class _Named(forms.ModelChoiceField):
    """A choice of rows by their name in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the name."""
        return str(obj.name)


class _AmountForm(DirectoryForm):
    """How long, and in what it is counted."""

    amount = forms.IntegerField(
        label=gettext_lazy("How long"), min_value=1, max_value=LONGEST, initial=3
    )
    unit = forms.ChoiceField(label=gettext_lazy("Counted in"), choices=TimeUnit.choices)


class NewTargetForm(_AmountForm):
    """A target for a leg: for a category and a tier, for one of them, or for all."""

    field_order = ("kind", "category", "tier", "amount", "unit")

    kind = forms.ChoiceField(label=gettext_lazy("Leg"), choices=ClockKind.choices)
    category = _Named(
        label=gettext_lazy("What it is about"),
        queryset=Category.objects.none(),
        required=False,
        empty_label=gettext_lazy("Everything"),
    )
    tier = _Named(
        label=gettext_lazy("Tier that deals with it"),
        queryset=Tier.objects.none(),
        required=False,
        empty_label=gettext_lazy("Every tier"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = Category.objects.filter(is_active=True)  # type: ignore[attr-defined]
        self.fields["tier"].queryset = Tier.objects.order_by("level")  # type: ignore[attr-defined]


class TargetForm(_AmountForm):
    """A target of the table; ``expected`` is the target as the page showed it."""

    expected = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, target: Target, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial",
            {"amount": target.amount, "unit": target.unit, "expected": standing_of(target)},
        )
        kwargs.setdefault("auto_id", f"id_{target.pk}_%s")
        super().__init__(*args, **kwargs)


class RecountForm(DirectoryForm):
    """The place whose due dates are counted anew; everywhere without one."""

    place = AreaField(
        label=gettext_lazy("Place"),
        help_text=gettext_lazy("Name or code of the place. Empty is everywhere."),
        required=False,
    )
