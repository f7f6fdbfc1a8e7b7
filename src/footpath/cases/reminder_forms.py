"""What is typed about reminders: one more by hand, what became of a task, the steps."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from footpath.cases.models import ClockKind, LadderChannel
from footpath.cases.rules import ladder
from footpath.cases.rules.ladder import Step


class RemindForm(forms.Form):
    """How to remind once more, and a word with it."""

    channel = forms.ChoiceField(
        label=gettext_lazy("How"),
        choices=[pair for pair in LadderChannel.choices if pair[0] != "digest"],
    )
    text = forms.CharField(
        label=gettext_lazy("A word with it"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("It stands in the thread of the case."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class TaskForm(forms.Form):
    """What became of a call, a notice or an instruction."""

    text = forms.CharField(
        label=gettext_lazy("What was said"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class StepForm(forms.Form):
    """One step of the ladder; a line without a number of days is left out."""

    offset = forms.IntegerField(
        label=gettext_lazy("Working days after the due date"),
        required=False,
        min_value=-ladder.MOST_BEFORE,
        max_value=ladder.MOST_AFTER,
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("How"), required=False, choices=LadderChannel.choices
    )
    is_weekly = forms.BooleanField(label=gettext_lazy("Again every week"), required=False)


class LegForm(forms.Form):
    """Which leg the steps are for."""

    leg = forms.ChoiceField(
        required=False, choices=[("", gettext_lazy("All legs")), *ClockKind.choices]
    )


StepFormSet = forms.formset_factory(StepForm, extra=2, max_num=20, absolute_max=40)


def steps_of(forms_of_steps: Any) -> list[Step]:
    """Return the steps of a valid set of forms, without the empty lines."""
    return [
        Step(
            form.cleaned_data["offset"],
            form.cleaned_data["channel"],
            form.cleaned_data["is_weekly"],
        )
        for form in forms_of_steps
        if form.cleaned_data.get("offset") is not None and form.cleaned_data.get("channel")
    ]
