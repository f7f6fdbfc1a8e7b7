"""Closed is not fixed, on every path: without an independent verifier nothing closes (S4.4).

Seven paths, each tried by somebody who worked on the case, and, under double supervision, by
somebody of the same organization as who worked.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from footpath.accounts.rules import Role
from footpath.cases import services
from footpath.cases.ledger_imports import run as runs
from footpath.cases.ledger_imports.mapping import Map
from footpath.cases.models import Case, Category, Entry, Received
from footpath.cases.rules import State
from footpath.cases.services import applications
from footpath.core import clock, timetable
from footpath.directory.models import Person
from tests.world import NOON, World, assign, fresh, holder, later

pytestmark = pytest.mark.django_db

Try = Callable[[World, Case, Person], str]


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person.user, backend="footpath.accounts.backends.ByPost")
    return client


def on_the_page(_world: World, case: Case, by: Person) -> str:
    answer = signed_in(by).post(f"/cases/{case.pk}/verify/", {"result": "confirmed", "text": "Ok."})
    assert answer.status_code == 409
    return answer.content.decode()


def in_bulk(_world: World, case: Case, by: Person) -> str:
    answer = signed_in(by).post(
        "/cases/bulk/", {"deed": "verify", "case": [case.pk], "result": "confirmed", "sent": "1"}
    )
    assert answer.status_code == 200
    return answer.content.decode()


def over_the_api(_world: World, case: Case, by: Person) -> str:
    answer = signed_in(by).post(
        f"/api/v1/cases/{case.pk}/verify", {"result": "confirmed"}, content_type="application/json"
    )
    assert answer.status_code == 409
    return str(answer.json())


def by_open311(world: World, case: Case, _by: Person) -> str:
    made, key = applications.create_application(name="City", by=world.administrator, at=clock.now())
    Received.objects.create(case=case, application=made)
    Case.objects.filter(pk=case.pk).update(is_public=True)
    said = {
        "api_key": key, "service_request_id": case.pk, "update_id": "u-1", "status": "CLOSED",
        "updated_datetime": "2026-03-11T05:00:00Z", "description": "Closed by us.",
    }  # fmt: skip
    answer = Client().post(
        "/open311/v2/servicerequestupdates.json",
        urlencode(said),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code in {200, 201}, answer.content
    assert case.entries.order_by("-pk")[0].deed == Entry.Deed.UPDATE
    return "verify"


def by_import(world: World, case: Case, _by: Person) -> str:
    Case.objects.filter(pk=case.pk).update(source_key="city:K1")
    rows = f"key,place,raised,closed,what\nK1,{world.hue.code},2026-01-05,2026-03-01,Gate\n"
    run = runs.keep_file(
        upload=ContentFile(rows.encode(), name="city.csv"), by=world.office, at=NOON
    )
    columns = {
        "key": "key", "title": "what", "place": "place", "raised_on": "raised",
        "closed_on": "closed",
    }  # fmt: skip
    chosen = Map("city", columns, {"category": world.category.code})
    runs.set_map(run=run, chosen=chosen, by=world.office, at=NOON)
    runs.check(run=run)
    runs.start_taking(run=run, by=world.office, at=NOON)
    runs.take(run=run, at=NOON)
    run.refresh_from_db()
    assert (run.created, run.unchanged + run.updated) == (0, 1)
    return "verify"


def in_the_administration(_world: World, case: Case, by: Person) -> str:
    sent = {"action": "verify_confirmed", "_selected_action": [case.pk]}
    return signed_in(by).post("/admin/cases/case/", sent, follow=True).content.decode()


def by_the_worker(_world: World, _case: Case, _by: Person) -> str:
    for job in timetable.jobs():
        if job.code.startswith("cases."):
            job.run(clock.now() + timedelta(days=400))
    return "verify"


PATHS = (
    on_the_page,
    in_bulk,
    over_the_api,
    by_open311,
    by_import,
    in_the_administration,
    by_the_worker,
)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.__name__)
@pytest.mark.parametrize("double", [False, True], ids=["own work", "same organization"])
def test_closing_without_an_independent_verifier_is_refused(
    world: World, path: Try, double: bool
) -> None:
    both = holder("Both", Role.ADMINISTRATOR, world.district_office)
    assign(both, world.hue, role="deputy")
    Category.objects.filter(pk=world.category.pk).update(double_supervision=double)
    world.category.refresh_from_db()
    worker = world.officer if double else both
    case = world.case(at=NOON, by=world.officer, area=world.hue)
    services.accept_case(case=case, by=fresh(worker), at=later(hours=1))
    services.rectify_case(case=case, text="Done.", by=fresh(worker), at=later(hours=2))
    assert "verif" in path(world, case, fresh(both)).lower()
    case.refresh_from_db()
    assert (case.state, case.is_open, case.outcome) == (State.RECTIFIED, True, "")
    assert not case.rounds.exclude(verified_by=None).exists()


def test_of_another_organization_somebody_closes_it(world: World) -> None:
    Category.objects.filter(pk=world.category.pk).update(double_supervision=True)
    case = world.case()
    services.accept_case(case=case, by=world.officer, at=later(hours=1))
    services.rectify_case(case=case, text="Done.", by=world.officer, at=later(hours=2))
    case = Case.objects.get(pk=case.pk)
    services.verify_case(case=case, result="confirmed", by=world.head, at=later(hours=3))
    assert not case.is_open
