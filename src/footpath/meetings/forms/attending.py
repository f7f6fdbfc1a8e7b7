"""The attendance list as it is typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from footpath.core.figures import Rate
from footpath.directory.forms import DirectoryForm, PersonField
from footpath.meetings import rules
from footpath.meetings.models import Duty
from footpath.meetings.services import Mark


class AttendanceForm(DirectoryForm):
    """The attendance list by exception: everybody came but those whose line is changed."""

    headcount = forms.IntegerField(
        label=gettext_lazy("Heads counted"),
        min_value=0,
        max_value=100_000,
        required=False,
        help_text=gettext_lazy("With everybody who came without being on the list."),
    )

    def __init__(self, *args: Any, duties: Sequence[Duty], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = kwargs["person"]
        self.duties = list(duties)
        choices = [
            (mark.value, mark.label) for mark in Duty.Attendance if mark != Duty.Attendance.UNKNOWN
        ]
        for duty in self.duties:
            known = duty.attendance != rules.Attendance.UNKNOWN
            self.fields[f"mark_{duty.pk}"] = forms.ChoiceField(
                label=duty.person.name,
                choices=choices,
                initial=duty.attendance if known else rules.Attendance.PRESENT.value,
                required=False,
            )
            self.fields[f"reason_{duty.pk}"] = forms.CharField(
                label=gettext_lazy("Reason"), max_length=200, required=False, initial=duty.reason
            )
            field = PersonField(
                label=gettext_lazy("Who came instead"), required=False, initial=duty.substitute
            )
            field.person = person
            self.fields[f"substitute_{duty.pk}"] = field

    def lines(self) -> list[tuple[Duty, Any, Any, Any]]:
        """Return for each duty its three fields: mark, reason, substitute."""
        return [
            (
                duty,
                self[f"mark_{duty.pk}"],
                self[f"reason_{duty.pk}"],
                self[f"substitute_{duty.pk}"],
            )
            for duty in self.duties
        ]

    def marks(self) -> list[tuple[Duty, Mark]]:
        """Return each duty with the mark that was chosen; a line left out means present."""
        asked = self.cleaned_data
        return [
            (
                duty,
                Mark(
                    asked[f"mark_{duty.pk}"] or rules.Attendance.PRESENT.value,
                    asked[f"reason_{duty.pk}"],
                    asked[f"substitute_{duty.pk}"],
                ),
            )
            for duty in self.duties
        ]

    def changed(self) -> list[tuple[Duty, Mark]]:
        """Return the lines that say something else than is known."""
        return [
            (duty, mark)
            for duty, mark in self.marks()
            if (mark.attendance, mark.reason, mark.substitute)
            != (duty.attendance, duty.reason, duty.substitute)
        ]


def attended(duties: Sequence[Duty]) -> Rate:
    """Return how many of the known marks count as attended."""
    return Rate(*rules.attended(duty.attendance for duty in duties))
