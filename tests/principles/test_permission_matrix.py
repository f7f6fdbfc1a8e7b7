"""Nobody sees what is not theirs: every address, asked by each of six roles.

The table says what a GET answers; addresses that only take deeds answer 405 to it, and what a POST
answers to somebody who may not is in the second half. An address missing here fails the test, so
that nobody adds a page without saying who may open it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver
from PIL import Image

from footpath.accounts import services as accounts
from footpath.assignments.models import (
    Absence,
    Assignment,
    Cluster,
    DutyList,
    Letter,
    Plan,
    PlanPin,
    StandIn,
)
from footpath.assignments.services import making, plans
from footpath.assignments.services.letters import issue_letters
from footpath.cases import services as cases
from footpath.cases.models import Endpoint, LedgerImport, Reporter, SpotCheck
from footpath.cases.selectors import reporters
from footpath.cases.services import applications
from footpath.cases.services.reminder_tasks import issue_notice
from footpath.cases.services.reminding import remind_case
from footpath.core import clock
from footpath.directory.models import ImportRun, Membership, Person, Post
from footpath.knowledge import services as knowledge
from footpath.knowledge.services import AnswerWords, PracticeWords, RegulationWords
from footpath.meetings import services as meetings
from footpath.meetings.models import DayRule, Hall, Meeting, MonthPlan, Series
from footpath.notifications.models import Channel, Notice
from tests.accounts.drawing import announced
from tests.knowledge import shelf
from tests.principles.matrix import GET, POST
from tests.world import NOON, World, kinds, later

pytestmark = pytest.mark.django_db

ROLES = ("anonymous", "member", "officer", "head", "office", "administrator")


def away(world: World, assignment: Assignment) -> tuple[Absence, StandIn]:
    """Return an absence of the officer to come, and who stands in then."""
    absence = Absence.objects.create(
        person=assignment.person,
        start=clock.today() + timedelta(days=2),
        until=clock.today() + timedelta(days=4),
        recorded_by=world.office,
        recorded_at=NOON,
    )
    return absence, StandIn.objects.create(
        absence=absence,
        assignment=assignment,
        person=world.far,
        start=absence.start,
        until=absence.until,
    )


def planned(world: World) -> Plan:
    """Return a plan of the hamlets of the commune, ready to be decided; one hamlet has nobody.

    Who comes there is pinned: among equals the engine would choose by their numbers, and whoever
    the plan puts in charge may not approve it.
    """
    Assignment.objects.filter(area=world.khanh).delete()
    plan = plans.start_plan(
        area=world.thach,
        tier=world.hue.tier,
        starts_on=clock.today() + timedelta(days=21),
        by=world.office,
        at=NOON,
        pins=[PlanPin(area=world.khanh, person=world.second, by=world.office)],
    )
    making.make_plan(plan=plan, at=NOON)
    plan.refresh_from_db()
    return plan


def approved(world: World, assignment: Assignment) -> tuple[Plan, Letter]:
    """Return an approved plan that changed nothing, and the letter of an assignment."""
    plan = plans.start_plan(
        area=world.district,
        tier=world.thach.tier,
        starts_on=later(days=21).date(),
        by=world.office,
        at=NOON,
    )
    making.make_plan(plan=plan, at=NOON)
    Plan.objects.filter(pk=plan.pk).update(
        state="approved", decided_by=world.office, decided_at=NOON
    )
    plan.refresh_from_db()
    return plan, issue_letters([assignment], plan=plan, by=world.office, at=NOON)[0]


def sat(world: World) -> Meeting:
    """Return a meeting of a series of hamlet ``hue`` that was held, with approved minutes."""
    series = Series.objects.create(
        kind=world.cell_meeting,
        area=world.hue,
        path=world.hue.path,
        rrule="FREQ=MONTHLY;BYMONTHDAY=3",
        first_day=date(2026, 1, 3),
        begins=time(19),
        convened_by=world.head,
        created_at=NOON,
    )
    meeting = Meeting.objects.create(
        kind=world.cell_meeting,
        area=world.hue,
        series=series,
        occurrence_on=date(2026, 3, 3),
        starts_at=later(days=-7),
        ends_at=later(days=-7, hours=2),
        state=Meeting.State.HELD,
        held_at=later(days=-7, hours=2),
        convened_by=world.head,
        **{f"a{at}": pk for at, pk in enumerate(world.hue.ancestor_ids)},
    )
    meetings.approve_minutes(meeting=meeting, by=world.head, at=NOON, language="en")
    return meeting


def with_material(meeting: Meeting, *, by: Person) -> None:
    """Put a picture beside a meeting, to be read there."""
    picture = BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    upload = SimpleUploadedFile("page.png", picture.getvalue())
    meetings.set_material(
        meeting=meeting, topic="Directive 13", material="", upload=upload, by=by, at=NOON
    )


class Shelf:
    """What stands in the library: a regulation, a draft, and a practice spread to a hamlet."""

    def __init__(self, world: World) -> None:
        topic = shelf.topic()
        picture = BytesIO()
        Image.new("RGB", (8, 8)).save(picture, "PNG")
        self.regulation = knowledge.enter_regulation(
            said=RegulationWords("1524-QD/HU", date(2022, 10, 11), "In charge", topic, "en"),
            upload=SimpleUploadedFile("1524.png", picture.getvalue()),
            by=world.office,
            at=NOON,
        )
        self.draft = knowledge.draft_answer(
            said=AnswerWords("Who signs?", "The deputy.", topic, "en", True, [self.regulation]),
            answered_on=NOON.date(),
            by=world.head,
            at=NOON,
        )
        self.practice = knowledge.propose_practice(
            said=PracticeWords("Slips at the gate", "Slips.", "9 of 10 came.", topic, "en"),
            origin=world.hue,
            by=world.officer,
            at=NOON,
        )
        post = Post.objects.get(memberships__person=world.head)
        knowledge.assess_practice(
            practice=self.practice, post=post, sentence="It works.", by=world.head, at=NOON
        )
        knowledge.select_practice(practice=self.practice, reason="Cheap.", by=world.head, at=NOON)
        self.spread = knowledge.spread_practice(
            practice=self.practice, units=[world.khanh], by=world.head, at=NOON
        )[0]

    def arguments(self, name: str) -> dict[str, Any]:
        """Return what an address of the library is about."""
        if name.endswith("regulation_file") or "regulation" in name:
            return {"pk": self.regulation.pk}
        if "answer" in name or name in {"knowledge:deed", "api:do_in_library"}:
            return {"pk": self.draft.pk, "deed": "approve"}
        return {"pk": self.practice.pk, "row": self.spread.pk}


class Things:
    """One thing of each kind, all of hamlet ``hue``, by the names that addresses use."""

    def __init__(self, world: World) -> None:
        self.world = world
        announced(settings.CORNER_DIR)
        self.case = world.rectified_case()
        self.closed = world.closed_case(title="Lamp dark")
        picture = BytesIO()
        Image.new("RGB", (8, 8)).save(picture, "PNG")
        self.attachment = cases.add_attachment(
            case=self.case,
            entry=None,
            upload=SimpleUploadedFile("gate.png", picture.getvalue()),
            by=world.head,
            at=NOON,
        )
        asked = remind_case(case=self.case, by=world.head, at=NOON, channel="notice")
        self.reminder = issue_notice(reminder=asked, by=world.head, at=NOON)
        world.category.is_public = True
        world.category.save()
        self.reported, _code = cases.report_case(
            title="Wall broken", area=world.hue, category=world.category, at=NOON,
            email="reporter@example.net",
        )  # fmt: skip
        cases.publish_case(case=self.reported, text="A wall.", by=world.head, at=NOON)
        reporter = Reporter.objects.get(case=self.reported)
        self.public = {
            "public:case": {"pk": self.reported.pk},
            "public:followed": {"token": reporters.page_token(reporter)},
            "public:answer": {"token": reporters.page_token(reporter)},
            "public:mail": {"token": reporters.mail_token(reporter.pk)},
            "public:stop": {"token": reporters.mail_token(reporter.pk)},
        }
        self.spot_check = SpotCheck.objects.create(
            round=self.closed.rounds.get(), seed="Tet", drawn_by=world.office, drawn_at=NOON
        )
        self.target = cases.add_target(
            kind="reply", amount=3, unit="days", by=world.administrator, at=NOON
        )
        self.route = cases.add_route(
            area=world.son, category=None, organization=world.agency, by=world.office, at=NOON
        )
        self.escalation_rule = cases.add_escalation_rule(
            trigger="overdue", number=3, area=world.son, by=world.office, at=NOON
        )
        self.application, _key = applications.create_application(
            name="App", by=world.administrator, at=NOON
        )
        self.endpoint = Endpoint.objects.create(
            name="Agency", url="https://example.org/open311/v2", made_by=world.administrator,
            made_at=NOON,
        )  # fmt: skip
        self.view = cases.save_view(name="Mine", query="view=open", by=world.office)
        self.meeting = Meeting.objects.create(
            kind=world.cell_meeting,
            area=world.hue,
            starts_at=later(days=3),
            ends_at=later(days=3, hours=2),
            convened_by=world.head,
            **{f"a{at}": pk for at, pk in enumerate(world.hue.ancestor_ids)},
        )
        self.item = self.meeting.items.create(
            number=1, text="The gate leaks.", added_by=world.head, added_at=NOON
        )
        self.duty = self.meeting.duties.create(person=world.officer)
        self.sat = sat(world)
        with_material(self.meeting, by=world.head)
        self.hall = Hall.objects.create(area=world.hue, name="Hall")
        self.leave = self.duty.leaves.create(reason="Fever", deputy=world.second, asked_at=NOON)
        self.assignment = Assignment.objects.get(person=world.officer)
        self.absence, self.stand_in = away(world, self.assignment)
        self.duties = DutyList.objects.create(
            area=world.thach, role="lead", title="4 grasps", start=date(2026, 1, 1)
        )
        self.cluster = Cluster.objects.create(name="Cụm 1", area=world.district)
        self.plan = planned(world)
        self.approved, self.letter = approved(world, self.assignment)
        self.post = Post.objects.get(role="head")
        self.membership = Membership.objects.get(person=world.head)
        self.run = ImportRun.objects.create(
            kind="areas", file_name="places.csv", digest="0" * 64, started_at=NOON
        )
        self.ledger = LedgerImport.objects.create(
            name="city.csv",
            digest="0" * 64,
            state="done",
            started_by=world.office,
            started_at=NOON,
        )
        accounts.create_api_token(user=world.office.user, name="x", by=world.office, at=NOON)
        self.token = world.office.user.api_tokens.get()
        self.notice = Notice.objects.create(
            user=world.officer.user, kind="meeting.invited", key="x", at=NOON, url="/meetings/"
        )
        self.rule = DayRule.objects.create(
            area=world.thach,
            path=world.thach.path,
            code="offices",
            title="Offices on the 9th",
            test="only_days",
            days=[9],
            of_offices=True,
            valid_from=date(2026, 1, 1),
            made_by=world.head,
        )
        self.month = MonthPlan.objects.create(
            area=world.hue,
            path=world.hue.path,
            month=clock.today().replace(day=1),
            state="proposed",
            started_by=world.head,
            started_at=NOON,
        )
        self.coffee = Meeting.objects.create(
            kind=kinds()["coffee"],
            area=world.hue,
            starts_at=later(days=4),
            ends_at=later(days=4, hours=2),
            opened_at=later(days=4),
            convened_by=world.head,
            **{f"a{at}": pk for at, pk in enumerate(world.hue.ancestor_ids)},
        )
        self.coffee.duties.create(person=world.officer)
        self.feed, self.secret = meetings.make_feed(by=world.officer, at=NOON)
        self.channel = Channel.objects.create(
            user=world.officer.user,
            kind="webhook",
            address="https://example.org/hook",
            created_at=NOON,
        )

        self.shelf = Shelf(world)

    def client(self, role: str) -> Client:
        """Return a browser in which somebody with the role is signed in."""
        client = Client()
        if role != "anonymous":
            who: Person = getattr(self.world, role)
            client.force_login(who.user)
        return client

    def arguments(self, name: str) -> dict[str, Any]:  # noqa: PLR0911 - a line for each kind
        """Return what the address of this name is about."""
        world = self.world
        room, _, page = name.partition(":")
        kind = {
            "open311:nothing": {"rest": "nowhere", "form": "json"},
            "cases:application": {"pk": self.application.pk},
            "cases:endpoint": {"pk": self.endpoint.pk},
            "cases:attachment": {"case_id": self.case.pk, "pk": self.attachment.pk},
            "cases:delete-view": {"pk": self.view.pk},
            "cases:spot-check": {"pk": self.spot_check.pk},
            "api:make_spot_check": {"pk": self.spot_check.pk},
            "cases:compare": {"pk": self.case.pk, "other": self.case.pk},
            "cases:target": {"pk": self.target.pk},
            "cases:route": {"pk": self.route.pk},
            "cases:escalation-rule": {"pk": self.escalation_rule.pk},
            "cases:deed": {"pk": self.case.pk, "deed": "note"},
            "cases:reminder": {"pk": self.reminder.pk},
            "cases:notice-pdf": {"pk": self.reminder.pk},
            "api:acknowledge_reminder": {"pk": self.reminder.pk},
            "accounts:revoke-token": {"pk": self.token.pk},
            "notifications:open": {"pk": self.notice.pk},
            "notifications:channel-confirm": {"pk": self.channel.pk},
            "notifications:channel-remove": {"pk": self.channel.pk},
            "directory:change-post": {"pk": self.post.pk},
            "directory:move-post": {"pk": self.post.pk},
            "directory:change-membership": {"pk": self.membership.pk},
            "directory:end-membership": {"pk": self.membership.pk},
            "directory:start-membership": {"pk": world.head.pk, "code": world.cell.code},
            "directory:access": {"pk": world.member.pk, "deed": "deactivate"},
            "assignments:plan": {"pk": self.plan.pk},
            "assignments:plan-deed": {"pk": self.plan.pk, "deed": "approve"},
            "assignments:plan-letters": {"pk": self.approved.pk},
            "assignments:letter": {"pk": self.letter.pk},
            "api:get_plan": {"pk": self.plan.pk},
            "api:approve_plan": {"pk": self.plan.pk},
            "api:reject_plan": {"pk": self.plan.pk},
            "api:do_deed": {"pk": self.case.pk, "deed": "note"},
            "assignments:absence": {"pk": self.absence.pk},
            "assignments:stand-in": {"pk": self.absence.pk, "row": self.stand_in.pk},
            "assignments:duty-list": {"pk": self.duties.pk},
            "assignments:duty-list-version": {"pk": self.duties.pk},
            "assignments:cluster": {"pk": self.cluster.pk},
            "assignments:officer": {"pk": world.officer.pk},
            "api:get_assignment": {"pk": self.assignment.pk},
            "api:end_assignment": {"pk": self.assignment.pk},
            "meetings:day-rule": {"pk": self.rule.pk},
            "meetings:attendance": {"pk": self.sat.pk},
            "meetings:leave": {"duty_id": self.duty.pk},
            "meetings:leave-answer": {"pk": self.leave.pk},
            "meetings:leave-decide": {"pk": self.leave.pk},
            "meetings:month-plan": {"pk": self.month.pk},
            "meetings:month-plan-deed": {"pk": self.month.pk, "deed": "approve"},
            "meetings:minutes-pdf": {"pk": self.sat.pk, "version": 1},
            "meetings:hall": {"pk": self.hall.pk},
            "meetings:series": {"pk": self.sat.series_id},
            "meetings:series-minutes": {"pk": self.sat.series_id},
            "meetings:series-minutes-pdf": {"pk": self.sat.series_id},
            "api:get_meeting": {"pk": self.meeting.pk},
            "api:hold": {"pk": self.meeting.pk},
            "api:approve": {"pk": self.meeting.pk},
            "api:ask_leave": {"pk": self.meeting.pk},
            "api:cancel": {"pk": self.meeting.pk},
            "api:keep_list": {"pk": self.meeting.pk},
            "api:move": {"pk": self.meeting.pk},
            "api:answer_leave": {"pk": self.leave.pk},
            "api:decide_leave": {"pk": self.leave.pk},
            "api:withdraw_leave": {"pk": self.leave.pk},
            "api:get_series": {"pk": self.sat.series_id},
            "api:mark_attendance": {"pk": self.meeting.pk},
            "api:write_minutes": {"pk": self.meeting.pk},
            "api:add_item": {"pk": self.meeting.pk},
        }
        if room == "knowledge" or name in LIBRARY_CALLS:
            return self.shelf.arguments(name)
        if "coffee" in page or page == "topics":
            return {"pk": self.coffee.pk, "deed": "add"}
        if name in {"meetings:feed", "meetings:feed-revoke"}:
            return {"token": self.secret} if page == "feed" else {"pk": self.feed.pk}
        if name in kind:
            return kind[name]
        if name in self.public:
            return self.public[name]
        if "organization" in page or page == "new-post":
            return {"code": world.commune_office.code}
        if page.startswith("ledger-import"):
            return {"pk": self.ledger.pk}
        if "import" in page:
            return {"pk": self.run.pk, "kind": "areas"}
        return {
            "code": world.hue.code,
            "pk": {
                "cases": self.case.pk,
                "meetings": self.meeting.pk,
                "assignments": self.assignment.pk,
                "directory": world.member.pk,
                "api": self.case.pk,
            }.get(room, 0),
            "duty_id": self.duty.pk,
            "item_id": self.item.pk,
            "kind": "areas",
            "form": "json",  # of Open311
            "token": "t",
        }

    def address(self, name: str, wanted: set[str]) -> str:
        """Return the address of a name with just the arguments it takes."""
        given = self.arguments(name)
        return reverse(name, kwargs={key: given[key] for key in wanted})


LIBRARY_CALLS = frozenset(
    {
        "api:adopt_practice",
        "api:do_in_library",
        "api:get_library_item",
        "api:set_regulation_file",
    }
)


def status(answer: Any) -> int:
    """Return the status of an answer and let go of the file it may hold."""
    if answer.streaming:
        b"".join(answer.streaming_content)
    return int(answer.status_code)


def said(answer: Any, address: str) -> str:
    """Return what a page says, without its own address and the token of its forms."""
    text = answer.content.decode().replace(address, "")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


def names() -> Iterator[tuple[str, set[str]]]:
    """Yield the name of every address of ours with the names of its arguments."""
    yield from _names(get_resolver(), "")


def _names(resolver: URLResolver, room: str) -> Iterator[tuple[str, set[str]]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield (
                    f"{room}:{pattern.name}" if room else pattern.name,
                    set(pattern.pattern.converters) | set(pattern.pattern.regex.groupindex),
                )
        elif pattern.namespace != "admin":
            yield from _names(pattern, pattern.namespace or room)


ADDRESSES = sorted(dict(names()).items())


def test_every_address_stands_in_the_table() -> None:
    assert sorted(GET) == [name for name, _wanted in ADDRESSES]


@pytest.mark.parametrize("role", ROLES)
def test_a_page_opens_for_those_it_is_for(world: World, role: str) -> None:
    things = Things(world)
    at = ROLES.index(role)
    client = things.client(role)
    answers = {name: status(client.get(things.address(name, wanted))) for name, wanted in ADDRESSES}
    assert answers == {name: statuses[at] for name, statuses in GET.items()}


@pytest.mark.parametrize("role", ROLES)
def test_a_deed_is_for_those_who_may_do_it(world: World, role: str) -> None:
    things = Things(world)
    at = ROLES.index(role)
    wanted, answers = dict(ADDRESSES), {}
    client = things.client(role)
    for name in POST:
        if name.startswith("account"):  # some of these sign out
            client = things.client(role)
        answers[name] = status(client.post(things.address(name, wanted[name])))
    assert answers == {name: statuses[at] for name, statuses in POST.items()}


@pytest.mark.parametrize(
    "name",
    ["cases:case", "cases:deed", "cases:attachment", "meetings:meeting", "api:get_case"],
)
def test_what_is_another_places_looks_as_if_it_were_not_there(world: World, name: str) -> None:
    things = Things(world)
    wanted = dict(ADDRESSES)[name]
    client = Client()
    client.force_login(world.far.user)
    theirs = client.get(things.address(name, wanted))
    arguments = {key: 999_999 if key == "pk" else things.arguments(name)[key] for key in wanted}
    missing = client.get(reverse(name, kwargs=arguments))
    assert (theirs.status_code, missing.status_code) == (404, 404)
    assert said(theirs, theirs.request["PATH_INFO"]) == said(missing, missing.request["PATH_INFO"])


@pytest.mark.parametrize("role", ROLES)
def test_the_administration_site_is_for_the_administrator(world: World, role: str) -> None:
    client = Things(world).client(role)
    addresses = ["admin:index"] + [
        f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        for model in admin.site._registry
    ]
    expected = 200 if role == "administrator" else 302
    assert {name: client.get(reverse(name)).status_code for name in addresses} == dict.fromkeys(
        addresses, expected
    )
