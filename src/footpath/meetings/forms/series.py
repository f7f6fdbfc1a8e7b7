"""What is typed about series of meetings: when they come again, in words, never as a rule."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from footpath.core.errors import InvalidValue
from footpath.directory.forms import DirectoryForm, day_field
from footpath.meetings import recurring, services
from footpath.meetings.forms.convening import WordsForm
from footpath.meetings.forms.fields import time_field
from footpath.meetings.models import Series
from footpath.meetings.rules import recurrence
from footpath.meetings.rules.recurrence import Rule

_weekday = lazy(recurring.weekday_name, str)

WEEKDAYS = [(str(number), _weekday(number)) for number in range(7)]
NTHS = [
    ("1", gettext_lazy("first")),
    ("2", gettext_lazy("second")),
    ("3", gettext_lazy("third")),
    ("4", gettext_lazy("fourth")),
    ("-1", gettext_lazy("last")),
]


class RuleForm(DirectoryForm):
    """When a series comes again; an expert may write the rule itself."""

    every = forms.IntegerField(
        label=gettext_lazy("Every so many weeks or months"),
        min_value=1,
        max_value=99,
        initial=1,
        help_text=gettext_lazy("1 is every week or every month."),
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("It comes again"),
        choices=[
            ("nth", gettext_lazy("by the month, on a weekday such as the first Monday")),
            ("day", gettext_lazy("by the month, on days such as the 9th and the 15th")),
            ("week", gettext_lazy("by the week, on weekdays")),
            ("rule", gettext_lazy("by a rule that I write myself")),
        ],
        widget=forms.RadioSelect,
        initial="nth",
    )
    nth = forms.MultipleChoiceField(
        label=gettext_lazy("Which of the month"),
        choices=NTHS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("Weekdays"),
        choices=WEEKDAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.CharField(
        label=gettext_lazy("Days of the month"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("For example: 9, 15. The last day of the month is -1."),
    )
    written = forms.CharField(
        label=gettext_lazy("The rule"),
        required=False,
        max_length=recurrence.LONGEST,
        help_text=gettext_lazy(
            "For those who know it: RRULE of iCalendar, such as FREQ=MONTHLY;BYDAY=1MO."
        ),
    )
    begins = time_field(gettext_lazy("Begins"))
    minutes = forms.IntegerField(
        label=gettext_lazy("How long, in minutes"), min_value=5, max_value=24 * 60, initial=90
    )
    last_day = day_field(gettext_lazy("Until, included"), required=False)

    def clean(self) -> dict[str, Any]:
        """Make the rule of what was chosen; ``rrule`` and ``rule`` stand in the clean values."""
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return asked
        rrule = self._rrule(asked)
        if rrule is None:
            return asked
        try:
            asked["rule"] = services.understood(rrule, first_day=self.counts_from())
            asked["rrule"] = str(asked["rule"])
        except InvalidValue as wrong:
            self.add_error(_FIELDS[asked["unit"]], str(wrong))
        return asked

    def counts_from(self) -> date:
        """Return the day from which the rule counts."""
        day: date = self.cleaned_data["first_day"]
        return day

    def _rrule(self, asked: dict[str, Any]) -> str | None:
        """Return the rule as text; None, with an error beside the field, when something misses."""
        if asked["unit"] == "rule":
            if not asked["written"]:
                self.add_error("written", _("Write the rule."))
                return None
            return str(asked["written"])
        if asked["unit"] == "day":
            return self._by_days(asked["days"], asked["every"])
        return self._by_weekdays(asked)

    def _by_weekdays(self, asked: dict[str, Any]) -> str | None:
        every = asked["every"]
        days = [recurrence.WEEKDAYS[int(number)] for number in asked["weekdays"]]
        if not days:
            self.add_error("weekdays", _("Choose at least one weekday."))
            return None
        if asked["unit"] == "week":
            return f"FREQ=WEEKLY;INTERVAL={every};BYDAY={','.join(days)}"
        if not asked["nth"]:
            self.add_error("nth", _("Choose which of the month."))
            return None
        listed = ",".join(f"{nth}{day}" for nth in asked["nth"] for day in days)
        return f"FREQ=MONTHLY;INTERVAL={every};BYDAY={listed}"

    def _by_days(self, typed: str, every: int) -> str | None:
        words = typed.replace(",", " ").replace(";", " ").split()
        numbers = [word for word in words if word == "-1" or _is_day(word)]
        if not words or len(numbers) != len(words):
            self.add_error("days", _("Give numbers from 1 to 31, with commas between them."))
            return None
        return f"FREQ=MONTHLY;INTERVAL={every};BYMONTHDAY={','.join(numbers)}"


def _is_day(word: str) -> bool:
    return word.isascii() and word.isdigit() and 1 <= int(word[:4]) <= 31


_FIELDS = {"nth": "nth", "day": "days", "week": "weekdays", "rule": "written"}


class SeriesForm(RuleForm, WordsForm):
    """A series of meetings of a place."""

    field_order = (*RuleForm.base_fields, "area", "kind", "first_day", "organization", "title")

    first_day = day_field(gettext_lazy("From"))

    def preview(self) -> list[date]:
        """Return the next six days of what was chosen; empty before that is clear."""
        rule = self.cleaned_data.get("rule") if self.is_bound and self.is_valid() else None
        if rule is None:
            return []
        last = self.cleaned_data["last_day"]
        days = recurrence.next_days(rule, first_day=self.counts_from())
        return [day for day in days if last is None or day <= last]

    def words(self) -> str:
        """Return in words what was chosen; "" before that is clear."""
        rule = self.cleaned_data.get("rule") if self.is_bound and self.is_valid() else None
        return recurring.in_words(rule, first_day=self.counts_from()) if rule else ""


class ChangeSeriesForm(SeriesForm):
    """A change to a series from a day on; place and kind stay."""

    area = None  # type: ignore[assignment]
    kind = None  # type: ignore[assignment]
    first_day = day_field(gettext_lazy("From which day on"))


class EndSeriesForm(DirectoryForm):
    """The last day of a series, and why it ends."""

    last_day = day_field(gettext_lazy("Last day"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


def typed_of(series: Series) -> dict[str, Any]:
    """Return what would be typed for a series as it stands."""
    rule = recurrence.anchored(recurrence.parse(series.rrule), series.first_day)
    return _rule_typed(rule, series.rrule) | {
        "begins": series.begins,
        "minutes": series.minutes,
        "last_day": series.last_day,
        "title": series.title,
        "organization": series.organization,
        "hall": series.hall,
        "where": series.where,
        "agenda": series.agenda,
    }


def _rule_typed(rule: Rule, written: str) -> dict[str, Any]:
    plain = not (rule.bymonth or rule.bysetpos or rule.count or rule.until)
    nths = sorted({nth for nth, _day in rule.byday})
    days = sorted({day for _nth, day in rule.byday})
    typed: dict[str, Any] = {"every": rule.interval, "weekdays": [str(day) for day in days]}
    if plain and rule.freq == "WEEKLY":
        return typed | {"unit": "week"}
    if plain and rule.freq == "MONTHLY" and not rule.bymonthday:
        every_one = len(rule.byday) == len(nths) * len(days)
        if every_one and all(str(nth) in dict(NTHS) for nth in nths):
            return typed | {"unit": "nth", "nth": [str(nth) for nth in nths]}
    if plain and rule.freq == "MONTHLY" and not rule.byday and min(rule.bymonthday) >= -1:
        return typed | {"unit": "day", "days": ", ".join(map(str, rule.bymonthday))}
    return typed | {"unit": "rule", "written": written}
