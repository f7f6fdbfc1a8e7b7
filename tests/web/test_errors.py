"""Error pages and refusals: a sentence, the right status, and a way on."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from footpath.core.errors import InvalidValue, RuleBroken
from footpath.web import errors
from footpath.web.middleware import refusals_as_pages


@pytest.mark.parametrize(
    ("page", "status"),
    [
        (errors.bad_request, 400),
        (errors.forbidden, 403),
        (errors.not_found, 404),
        (errors.csrf_failed, 403),
        (errors.server_error, 500),
    ],
)
def test_every_error_has_a_page_with_a_way_home(rf, page, status):
    answer = page(rf.get("/"))
    assert answer.status_code == status
    assert f'href="{reverse("web:home")}"' in answer.content.decode()


def test_a_refusal_says_which_deed_is_not_included(rf):
    answer = errors.forbidden(rf.get("/"), PermissionDenied("Your posts do not include this."))
    assert "Your posts do not include this." in answer.content.decode()


@pytest.mark.parametrize(
    ("error", "status"),
    [(RuleBroken("Somebody else was quicker."), 409), (InvalidValue("No such day."), 422)],
)
def test_a_broken_rule_becomes_a_page_with_its_sentence(rf, error, status):
    refusals = refusals_as_pages(lambda request: None)
    answer = refusals.process_exception(rf.post("/"), error)
    assert answer.status_code == status
    assert str(error) in answer.content.decode()


def test_other_errors_are_left_to_others(rf):
    refusals = refusals_as_pages(lambda request: None)
    assert refusals.process_exception(rf.get("/"), ValueError()) is None
