"""Reports without an account: taken once, followed by code, answered, and the last word."""

from __future__ import annotations

from uuid import uuid4

import pytest

from footpath.accounts.models import TrailLine
from footpath.cases import services
from footpath.cases.models import Application, Case, Clock, Entry, Received, ReporterMail
from footpath.cases.rules import codes
from footpath.cases.selectors import reporters
from footpath.cases.services.reporters import erase_due
from footpath.core.errors import InvalidValue, NotAllowed, RuleBroken
from footpath.notifications.models import Notice
from tests.cases.reports import EMAIL, NAME, PHONE, opened, report, reporter_of
from tests.world import NOON, World, later

pytestmark = pytest.mark.django_db


def closed(world: World, case: Case) -> None:
    """Accept, rectify and verify a case."""
    services.accept_case(case=case, by=world.head, at=later(hours=1))
    services.rectify_case(case=case, text="Done.", by=world.head, at=later(hours=2))
    services.verify_case(case=case, result="confirmed", by=world.officer, at=later(hours=3))
    if reporter_of(case).asked_at is None:
        services.case_closed(case, at=later(hours=3))


def test_a_report_stands_in_the_ledger_without_a_raiser_and_with_two_clocks(world: World) -> None:
    case, code = report(world, name=NAME, email=EMAIL, phone=PHONE)
    case = Case.objects.get(pk=case.pk)
    assert (case.raised_by, case.source, case.state) == (None, "public", "raised")
    assert set(Clock.objects.filter(case=case).values_list("kind", flat=True)) == {
        "accept", "reply",
    }  # fmt: skip
    assert codes.typed(codes.grouped(code).lower()) == code
    found = reporters.reporter_of_code(codes.grouped(code))
    assert found is not None
    assert found.case == case
    line = TrailLine.objects.get(subject=f"cases.case:{case.pk}", deed="case.raised")
    assert line.actor_name == "public form"


def test_the_code_is_kept_as_a_digest_only(world: World) -> None:
    _case, code = report(world)
    assert code not in reporter_of(_case).code_digest
    assert reporters.reporter_of_code("2222-2222-2222") is None
    assert reporters.reporter_of_code("no code") is None


def test_a_former_key_of_the_server_still_opens_what_it_made(world: World, settings) -> None:  # type: ignore[no-untyped-def]
    _case, code = report(world)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key of this server, long enough to be one"
    assert reporters.reporter_of_code(code) is not None


def test_the_same_report_twice_is_one_case_with_one_code(world: World) -> None:
    key = uuid4()
    first, again = report(world, client_key=key), report(world, client_key=key)
    assert first[0].pk == again[0].pk
    assert first[1] == again[1]
    with pytest.raises(InvalidValue, match="already used"):
        report(world, client_key=key, title="Something else")


def test_the_keys_of_two_senders_do_not_meet(world: World) -> None:
    application = Application.objects.create(
        name="City app", key_digest="x", key_hint="x", made_by=world.office, made_at=NOON,
        is_trusted=True,
    )  # fmt: skip
    key = uuid4()
    first, _code = report(world, client_key=key)
    second, _code = report(
        world, client_key=key, application=application, application_key="77", source="open311"
    )
    assert first.pk != second.pk
    assert Received.objects.get(case=second).key == "77"
    assert (first.is_public, second.is_public) == (False, True)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"name": "x" * 121}, "name"),
        ({"phone": "1" * 41}, "phone"),
        ({"title": " "}, "title"),
    ],
)
def test_what_cannot_be_used_is_named(world: World, values: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidValue) as invalid:
        report(world, **values)
    assert invalid.value.field == field
    assert not Case.objects.exists()


def test_only_what_is_open_to_the_public_is_taken(world: World) -> None:
    with pytest.raises(InvalidValue) as invalid:
        report(world, category=opened(world, is_public=False))
    assert invalid.value.field == "category"


def test_a_report_is_public_at_once_only_without_moderation_and_confidence(world: World) -> None:
    assert not report(world)[0].is_public
    plain = opened(world, is_moderated=False)
    assert report(world, category=plain)[0].is_public
    assert not report(world, category=plain, is_confidential=True)[0].is_public


def test_a_confidential_reporter_is_known_to_who_is_in_charge_above(world: World) -> None:
    case, _code = report(world, name=NAME, email=EMAIL, is_confidential=True)
    assert case.handler == world.lead
    known = reporters.reporter_for(world.lead, case)
    assert known == reporters.Contact(NAME, EMAIL, "")
    for other in (world.officer, world.head, world.office, world.administrator, world.auditor):
        assert reporters.reporter_for(other, case) is None
    top, _code = report(world, area=world.province, is_confidential=True)
    assert top.handler is None


def test_another_reporter_is_known_to_the_owner_and_the_head_of_the_place(world: World) -> None:
    case, _code = report(world, name=NAME)
    services.assign_owner(case=case, owner=world.second, by=world.head, at=later(hours=1))
    for who in (world.second, world.head, world.office):
        assert reporters.reporter_for(who, case) is not None
    for who in (world.officer, world.administrator, world.auditor, world.far):
        assert reporters.reporter_for(who, case) is None
    assert reporters.reporter_for(world.head, world.case()) is None


def test_somebody_in_office_can_stay_confidential(world: World) -> None:
    case, code = services.report_confidentially(
        title="Bribes", text="", area=world.hue, category=world.category, handler=world.boss,
        by=world.officer, at=NOON,
    )  # fmt: skip
    assert (case.raised_by, case.handler, case.source) == (None, world.boss, "public")
    known = reporters.reporter_for(world.boss, case)
    assert known is not None
    assert known.name == world.officer.name
    assert reporters.reporter_for(world.officer, case) is None
    assert reporters.reporter_of_code(code) is not None
    assert not TrailLine.objects.filter(
        subject=f"cases.case:{case.pk}", actor=world.officer.actor_key
    ).exists()
    with pytest.raises(InvalidValue):
        services.report_confidentially(
            title="Bribes", text="", area=world.hue, category=world.category,
            handler=world.officer, by=world.officer, at=NOON,
        )  # fmt: skip


def test_only_the_handler_hands_the_knowledge_over_and_loses_it(world: World) -> None:
    case, _code = report(world, name=NAME, is_confidential=True)
    with pytest.raises(NotAllowed):
        services.hand_knowledge(case=case, to=world.office, by=world.head, at=later(days=1))
    services.hand_knowledge(case=case, to=world.office, by=world.lead, at=later(days=1))
    assert reporters.reporter_for(world.lead, case) is None
    assert reporters.reporter_for(world.office, case) is not None
    with pytest.raises(InvalidValue):
        services.hand_knowledge(case=case, to=world.office, by=world.office, at=later(days=2))


def test_an_answer_is_public_stops_the_clock_and_tells_who_confirmed(world: World) -> None:
    case, _code = report(world, email=EMAIL)
    services.reply_to_reporter(case=case, text="Tomorrow.", by=world.head, at=later(hours=1))
    assert Clock.objects.get(case=case, kind="reply").ended == "met"
    assert Entry.objects.get(case=case, deed="replied").is_public
    assert list(ReporterMail.objects.values_list("kind", flat=True)) == ["received"]
    services.confirm_address(reporter=reporter_of(case), at=later(hours=2))
    services.reply_to_reporter(case=case, text="Today.", by=world.head, at=later(hours=3))
    services.reply_to_reporter(case=case, text="Today.", by=world.head, at=later(hours=3))
    assert ReporterMail.objects.filter(kind="reply").count() == 1


def test_who_stopped_messages_gets_none_and_waiting_ones_are_dropped(world: World) -> None:
    case, _code = report(world, email=EMAIL)
    services.confirm_address(reporter=reporter_of(case), at=later(hours=1))
    services.stop_messages(reporter=reporter_of(case), at=later(hours=2))
    services.stop_messages(reporter=reporter_of(case), at=later(hours=2))
    services.reply_to_reporter(case=case, text="Tomorrow.", by=world.head, at=later(hours=3))
    assert not ReporterMail.objects.exists()


def test_a_case_is_shown_in_other_words_and_hidden_again(world: World) -> None:
    case, _code = report(world, is_confidential=True)
    with pytest.raises(InvalidValue, match="confidential"):
        services.publish_case(case=case, by=world.head, at=later(hours=1))
    services.publish_case(case=case, text="A lamp.", by=world.head, at=later(hours=1))
    case.refresh_from_db()
    assert (case.is_public, case.public_text) == (True, "A lamp.")
    services.hide_case(case=case, text="A name.", by=world.head, at=later(hours=2))
    case.refresh_from_db()
    assert not case.is_public
    with pytest.raises(InvalidValue):
        services.hide_case(case=case, text=" ", by=world.head, at=later(hours=2))


def test_the_reporter_sends_a_returned_case_in_again(world: World) -> None:
    case, _code = report(world)
    services.return_case(case=case, text="Which lamp?", by=world.head, at=later(hours=1))
    assert case.entries.get(deed="returned").is_public
    services.say(reporter=reporter_of(case), text="By the bridge.", at=later(hours=2))
    case.refresh_from_db()
    assert case.state == "raised"
    entry = case.entries.get(deed="resubmitted")
    assert (entry.by, entry.said_by) == (None, "The reporter")


def test_what_is_returned_to_somebody_in_office_is_not_public(world: World) -> None:
    case = world.case()
    services.return_case(case=case, text="Where?", by=world.head, at=later(hours=1))
    assert not case.entries.get().is_public


def test_a_word_sent_twice_stands_once(world: World) -> None:
    case, _code = report(world)
    for _time in range(2):
        services.say(reporter=reporter_of(case), text="Still dark.", at=later(hours=1))
    entry = case.entries.get()
    assert services.reporter_may_read(entry)
    with pytest.raises(InvalidValue):
        services.say(reporter=reporter_of(case), text=" ", at=later(hours=2))
    with pytest.raises(InvalidValue):
        services.say(reporter=reporter_of(case), text="x" * 5001, at=later(hours=2))


def test_the_reporter_is_asked_once_and_a_no_reaches_owner_and_verifier(world: World) -> None:
    case, _code = report(world)
    closed(world, case)
    services.case_closed(case, at=later(hours=4))
    assert reporter_of(case).asked_at == later(hours=3)
    services.answer_fixed(
        reporter=reporter_of(case), answer="no", text="Dark again.", at=later(days=1)
    )
    told = Notice.objects.filter(kind="case.reporter_says_no").values_list("user_id", flat=True)
    assert set(told) == {world.head.user_id, world.officer.user_id}
    entry = case.entries.get(deed="answered")
    assert (entry.said_by, entry.text) == ("The reporter: it is not fixed", "Dark again.")
    case.refresh_from_db()
    assert not case.is_open
    with pytest.raises(RuleBroken, match="not open any more"):
        services.answer_fixed(reporter=reporter_of(case), answer="yes", text="", at=later(days=2))
    services.reopen_case(case=case, text="Dark.", by=world.head, at=later(days=3))
    with pytest.raises(RuleBroken):
        services.answer_fixed(reporter=reporter_of(case), answer="yes", text="", at=later(days=3))
    services.rectify_case(case=case, text="Done.", by=world.head, at=later(days=4))
    services.verify_case(case=case, result="confirmed", by=world.officer, at=later(days=5))
    services.case_closed(case, at=later(days=5))
    assert (reporter_of(case).answer, reporter_of(case).asked_round) == ("", 2)
    services.answer_fixed(reporter=reporter_of(case), answer="yes", text="", at=later(days=6))
    assert Notice.objects.filter(kind="case.reporter_says_no").count() == 2


def test_only_the_three_answers_are_taken(world: World) -> None:
    case, _code = report(world)
    closed(world, case)
    for values in ({"answer": "maybe", "text": ""}, {"answer": "no", "text": "x" * 5001}):
        with pytest.raises(InvalidValue):
            services.answer_fixed(reporter=reporter_of(case), at=later(days=1), **values)


def test_the_reporter_of_a_duplicate_is_asked_and_answers_in_the_other_case(world: World) -> None:
    case, _code = report(world)
    main = world.case("The lamps are out")
    services.mark_duplicate(case=case, of=main, by=world.head, at=later(minutes=1))
    services.accept_case(case=main, by=world.head, at=later(hours=1))
    services.rectify_case(case=main, text="Done.", by=world.head, at=later(hours=2))
    services.verify_case(case=main, result="confirmed", by=world.officer, at=later(hours=3))
    services.case_closed(main, at=later(hours=3))
    services.answer_fixed(reporter=reporter_of(case), answer="partly", text="", at=later(days=1))
    said_by = main.entries.get(deed="answered").said_by
    assert said_by == "Somebody who reported the same: it is partly fixed"


def test_the_contact_is_erased_some_time_after_closing(world: World) -> None:
    case, code = report(world, name=NAME, email=EMAIL, phone=PHONE)
    open_case, _code = report(world, name=NAME)
    closed(world, case)
    assert erase_due(later(days=89)) == 0
    assert erase_due(later(days=91)) == 1
    assert erase_due(later(days=91)) == 0
    gone = reporter_of(case)
    assert (gone.name, gone.email, gone.phone) == ("", "", "")
    assert reporters.reporter_for(world.head, case) is None
    assert reporter_of(open_case).name == NAME
    assert reporters.reporter_of_code(code) is not None
    assert not gone.mails.exists()


def test_the_contact_of_a_duplicate_is_kept_as_long_as_the_other_case(world: World) -> None:
    case, _code = report(world, name=NAME)
    main = world.case("The lamps are out")
    services.mark_duplicate(case=case, of=main, by=world.head, at=later(minutes=1))
    assert erase_due(later(days=200)) == 0
    done = {"is_open": False, "state": "closed", "outcome": "solved", "closed_at": later(days=200)}
    Case.objects.filter(pk=main.pk).update(**done)
    assert (erase_due(later(days=289)), erase_due(later(days=291))) == (0, 1)


def test_a_link_opens_only_what_it_was_made_for(world: World) -> None:
    case, _code = report(world)
    page, mail = reporters.page_token(reporter_of(case)), reporters.mail_token(reporter_of(case).pk)
    assert reporters.reporter_of_page(page) == reporter_of(case)
    assert reporters.reporter_of_page(mail) is None
    assert reporters.reporter_of_mail(mail) == reporter_of(case)


def test_an_address_longer_than_any_that_is_kept_is_refused(world: World) -> None:
    with pytest.raises(InvalidValue) as refused:
        report(world, email="a@" + "b" * 60 + ("." + "b" * 60) * 3 + ".organisation")
    assert refused.value.field == "email"
