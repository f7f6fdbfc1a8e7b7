"""What the components of pages promise, drawn by the real template engine."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template import engines

from footpath.core.figures import Rate


def drawn(source: str, **context: Any) -> str:
    """Return what a piece of a page looks like with all components imported as `ui`."""
    template = engines["pages"].from_string('{% import "components/ui.html" as ui %}' + source)
    return " ".join(template.render(context).split())


class Visit(forms.Form):
    place = forms.CharField(label="Place", help_text="Where you were.")
    result = forms.ChoiceField(
        label="Result",
        choices=[("yes", "Confirmed"), ("no", "Not rectified")],
        widget=forms.RadioSelect,
    )
    day = forms.DateField(label="Day")
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)


def test_a_figure_without_anything_to_count_says_no_data_and_opens_nothing():
    text = drawn('{{ ui.figure("Asked", rate, "/rows") }}', rate=Rate(0, 0))
    assert "No data" in text
    assert "/rows" not in text


def test_a_figure_shows_its_fraction_with_its_percentage():
    text = drawn('{{ ui.figure("Covered", rate, "/rows") }}', rate=Rate(18, 21))
    assert "18/21" in text
    assert "85.71" in text


def test_a_wrong_field_names_its_hint_and_its_error_to_screen_readers():
    text = drawn('{{ ui.field(form["place"]) }}', form=Visit({}))
    assert 'aria-describedby="id_place-hint id_place-error"' in text
    assert 'aria-invalid="true"' in text
    assert 'id="id_place-hint"' in text
    assert 'id="id_place-error"' in text


def test_options_stand_in_a_group_with_its_name():
    text = drawn('{{ ui.field(form["result"]) }}', form=Visit())
    assert '<legend class="fp-label">Result' in text
    assert text.count('type="radio"') == 2


def test_a_day_uses_the_box_of_the_browser_and_keeps_what_was_typed():
    text = drawn('{{ ui.field(form["day"]) }}', form=Visit({"day": "2026-04-07"}))
    assert 'type="date"' in text
    assert 'value="2026-04-07"' in text


def test_a_field_that_may_stay_empty_says_so():
    form = Visit()
    assert "optional" in drawn('{{ ui.field(form["note"]) }}', form=form)
    assert "optional" not in drawn('{{ ui.field(form["place"]) }}', form=form)


def test_what_people_typed_is_never_taken_for_markup():
    text = drawn('{{ ui.list_row("/x", title, title) }}', title="<b>Dam</b>")
    assert "<b>Dam</b>" not in text
    assert "&lt;b&gt;Dam&lt;/b&gt;" in text


def test_the_step_that_is_due_wears_the_ring():
    text = drawn('{{ ui.step_path(4, label="Rectify") }}')
    assert 'aria-label="Step 4 of 5"' in text
    assert text.count("fp-step-full") == 3
    assert text.count("fp-step-now") == 1
    assert text.count("fp-step-empty") == 1


def test_a_clock_explains_how_its_date_was_counted():
    due = SimpleNamespace(text="2 working days over", tone="late", why="Counted from 2 April.")
    assert "Counted from 2 April." in drawn("{{ ui.clock(due) }}", due=due)
    assert "Counted from" not in drawn("{{ ui.clock(due, plain=True) }}", due=due)
    assert drawn("{{ ui.clock(none) }}") == ""


def test_a_button_that_cannot_be_pressed_yet_says_when():
    text = drawn('{{ ui.button("Check in", disabled_why="Check-in opens at 18:45") }}')
    assert "disabled" in text
    assert "Check-in opens at 18:45" in text


@pytest.mark.parametrize(
    "source",
    [
        '{{ ui.bars([{"label": "Up to 7 days", "value": 9}, {"label": "Older", "value": 3, "overdue": 2}]) }}',  # noqa: E501
        '{{ ui.share_bar([{"label": "Meetings", "value": 12.5}], limit=32, limit_text="32 h") }}',
        '{{ ui.line_chart([{"name": "raised", "values": [1, none, 3]}], ["Jan", "Feb", "Mar"], "Raised") }}',  # noqa: E501
        '{{ ui.heat_table("Ages", "Days", ["0-7"], [{"label": "Hamlet", "cells": [{"value": 0}]}]) }}',  # noqa: E501
        "{{ ui.progress(0, 0) }}",
    ],
)
def test_a_chart_needs_no_style_that_the_content_policy_forbids(source: str):
    text = drawn(source)
    assert "style=" not in text
    assert text


def test_a_chart_of_nothing_is_drawn_from_zero():
    text = drawn('{{ ui.line_chart([{"name": "raised", "values": [0, 0]}], ["Jan", "Feb"], "R") }}')
    assert "0 raised" in text
