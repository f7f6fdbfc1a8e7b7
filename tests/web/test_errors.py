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


@pytest.fixture
def signed_in(client, world):
    client.force_login(world.officer.user)
    return client


@pytest.mark.parametrize("address", ["/cases/?q=a&q=%00", "/cases/?q=%00&q=a", "/places/area/%00/"])
def test_a_sign_no_database_keeps_is_answered_with_400(signed_in, address):
    assert signed_in.get(address).status_code == 400


def test_a_damaged_form_is_answered_with_400(signed_in):
    answer = signed_in.post(reverse("cases:save-view"), {"name": "a\x00b", "query": "view=open"})
    assert answer.status_code == 400


def test_a_program_is_told_so_in_json(signed_in):
    answer = signed_in.get("/api/v1/cases?q=%00")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/json")
    assert "damaged" in answer.json()["detail"]


@pytest.mark.parametrize(
    "address", ["/help/", "/nothing/", "/cases/999999/", "/account/sign-out/", "/api/v1/cases"]
)
def test_no_cache_between_keeps_what_depends_on_who_asks(signed_in, address):
    assert "no-store" in signed_in.get(address)["Cache-Control"]
