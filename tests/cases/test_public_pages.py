"""The pages without an account, as a browser without scripts meets them."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from footpath.cases import services
from footpath.cases.models import Case, Category, Reporter
from footpath.cases.selectors import public, reporters
from footpath.cases.services import tallies
from footpath.core import clock
from footpath.core.calendar import Month
from footpath.directory.models import Area
from tests.cases.reports import EMAIL, NAME, opened, report, reporter_of
from tests.world import World, later

pytestmark = pytest.mark.django_db


def form_at(world: World, **values: Any) -> str:
    """Return the address of the form for hamlet ``hue`` and the world's category."""
    query = {"place": world.hue.code, "category": opened(world, **values).code}
    return reverse("public:report", query=query)


def typed(page: Any) -> dict[str, str]:
    """Return what a form brings along, with a problem typed into it."""
    key = re.search(r'name="client_key" value="([^"]+)"', page.content.decode())
    assert key is not None
    return {"client_key": key[1], "title": "The light is out"}


def test_a_report_takes_three_steps_and_gives_a_code(client: Client, world: World) -> None:
    opened(world)
    where = client.get(reverse("public:report"), {"q": "tan hue"})
    assert world.hue.name in where.content.decode()
    what = client.get(reverse("public:report"), {"place": world.hue.code})
    assert world.category.name_en in what.content.decode()
    address = form_at(world)
    sent = typed(client.get(address)) | {"email": EMAIL, "name": NAME}
    receipt = client.post(address, sent)
    code = re.search(r'class="fp-code">([A-Z0-9-]{14})<', receipt.content.decode())
    assert code is not None
    again = client.post(address, sent)
    assert code[1] in again.content.decode()
    case = Case.objects.get()
    assert reporter_of(case).email == EMAIL
    assert NAME not in receipt.content.decode()
    answer = client.post(reverse("public:status"), {"code": code[1].lower()})
    page = client.get(answer["Location"])
    assert case.number in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_a_photo_comes_without_its_name(client: Client, world: World) -> None:
    from io import BytesIO

    from PIL import Image

    picture = BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    address = form_at(world)
    files = SimpleUploadedFile(f"{NAME}.png", picture.getvalue(), "image/png")
    client.post(address, typed(client.get(address)) | {"files": files})
    attachment = Case.objects.get().attachments.get()
    assert (attachment.name, attachment.added_by) == ("report.png", None)


def test_the_questions_of_a_category_are_asked_and_kept(client: Client, world: World) -> None:
    asked = [
        {"code": "lamps", "datatype": "number", "description": "How many?", "required": True},
        {"code": "side", "datatype": "singlevaluelist", "description": "Which side?",
         "values": [{"key": "l", "name": "Left"}, {"key": "r", "name": "Right"}]},
        {"code": "of", "datatype": "multivaluelist", "description": "What?",
         "values": [{"key": "a", "name": "A"}, {"key": "b", "name": "B"}]},
        {"code": "more", "datatype": "text", "description": "More?"},
        {"code": "since", "datatype": "datetime", "description": "Since?"},
        {"code": "name", "datatype": "string", "description": "Street?"},
        {"code": "hint", "variable": False, "description": "Look for the number on the pole."},
    ]  # fmt: skip
    address = form_at(world, questions=asked)
    page = client.get(address)
    assert "Look for the number on the pole." in page.content.decode()
    sent = typed(page)
    assert client.post(address, sent).status_code == 422
    assert client.post(address, sent | {"q_lamps": "some"}).status_code == 422
    given = {"q_lamps": "3", "q_side": "l", "q_of": ["a", "b"]}
    assert client.post(address, sent | given).status_code == 200
    assert Case.objects.get().answers == {"lamps": "3", "side": "l", "of": ["a", "b"]}


def test_the_questions_are_asked_in_the_language_of_the_page(client: Client, world: World) -> None:
    asked = [
        {"code": "side", "datatype": "singlevaluelist",
         "description_en": "Which side?", "description_vi": "Bên nào?",
         "values": [{"key": "l", "name_en": "Left", "name_ru": "Слева"}]},
        {"code": "hint", "variable": False, "description_zh": "请看灯杆上的编号。"},
    ]  # fmt: skip
    address = form_at(world, questions=asked)
    for language, texts in (
        ("vi", ("Bên nào?", "Left", "请看灯杆上的编号。")),
        ("ru", ("Which side?", "Слева", "请看灯杆上的编号。")),
    ):
        page = client.get(address, headers={"Accept-Language": language}).content.decode()
        assert [text in page for text in texts] == [True, True, True]


def test_what_a_program_fills_in_is_refused(client: Client, world: World) -> None:
    address = form_at(world)
    answer = client.post(address, typed(client.get(address)) | {"website": "https://spam"})
    assert answer.status_code == 422
    assert not Case.objects.exists()


def test_too_many_reports_wait_and_what_was_typed_stays(
    client: Client, world: World, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"public_report": "1/h/ip"}
    address = form_at(world)
    assert client.post(address, typed(client.get(address))).status_code == 200
    answer = client.post(address, typed(client.get(address)) | {"text": "All of the street."})
    assert answer.status_code == 429
    assert "All of the street." in answer.content.decode()
    assert "Wait an hour" in answer.content.decode()


def test_too_many_codes_wait_and_no_wrong_code_tells_anything(
    client: Client, world: World, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"public_code": "2/m/ip"}
    said = []
    for code in ("2222-2222-2222", "nonsense"):
        answer = client.post(reverse("public:status"), {"code": code})
        assert answer.status_code == 422
        said.append("No report has this code." in answer.content.decode())
    assert said == [True, True]
    answer = client.post(reverse("public:status"), {"code": "nonsense"})
    assert answer.status_code == 429


def test_a_position_leads_to_the_nearest_place(client: Client, world: World) -> None:
    world.hue.latitude, world.hue.longitude = 10.25, 106.35
    world.hue.save()
    answer = client.get(reverse("public:report"), {"lat": "10.2501", "lon": "106.3502"})
    assert f"place={world.hue.code}" in answer["Location"]
    nowhere = client.get(reverse("public:report"), {"lat": "60", "lon": "10"})
    assert "No place is known near your position" in nowhere.content.decode()
    for bad in ({"lat": "x", "lon": "1"}, {"lat": "91", "lon": "1"}, {"lat": "nan", "lon": "1"}):
        assert client.get(reverse("public:report"), bad).status_code == 200


def test_public_cases_like_it_are_shown_before_sending(client: Client, world: World) -> None:
    known, _code = report(world, title="Lamp by the bridge")
    services.publish_case(case=known, by=world.head, at=later(hours=1))
    page = client.get(form_at(world)).content.decode()
    assert "Lamp by the bridge" in page
    assert reverse("public:case", args=[known.pk]) in page


def test_who_reports_what_is_known_is_asked_once_more(client: Client, world: World) -> None:
    known, _code = report(world, title="Lamp by the bridge is dark", text="Since Monday.")
    services.publish_case(case=known, by=world.head, at=clock.now())
    Case.objects.filter(pk=known.pk).update(raised_at=clock.now())
    address = form_at(world)
    sent = typed(client.get(address)) | {"title": "Lamp by the bridge is dark"}
    sent["text"] = "Since Monday."
    answer = client.post(address, sent)
    assert "Your report is not sent yet." in answer.content.decode()
    assert Case.objects.count() == 1
    assert "fp-code" in client.post(address, sent | {"anyway": "on"}).content.decode()
    assert Case.objects.count() == 2


def test_a_reporter_reads_answers_and_writes_back(client: Client, world: World) -> None:
    case, _code = report(world)
    services.add_note(case=case, text="Ask the electrician.", by=world.head, at=later(hours=1))
    services.reply_to_reporter(case=case, text="Tomorrow.", by=world.head, at=later(hours=2))
    address = reverse("public:followed", args=[reporters.page_token(reporter_of(case))])
    page = client.get(address).content.decode()
    assert "Tomorrow." in page
    assert "Ask the electrician." not in page
    assert world.lead.name not in page
    assert client.post(address, {"text": ""}).status_code == 422
    assert client.post(address, {"text": "Thanks."}).status_code == 302
    assert "Thanks." in client.get(address).content.decode()


def test_a_reporter_who_writes_too_often_waits(client: Client, world: World, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"public_word": "1/h/key"}
    case, _code = report(world)
    address = reverse("public:followed", args=[reporters.page_token(reporter_of(case))])
    assert client.post(address, {"text": "One."}).status_code == 302
    answer = client.post(address, {"text": "Two."})
    assert answer.status_code == 429
    assert "Two." in answer.content.decode()


def test_a_photo_that_is_none_is_refused_with_the_words_kept(client: Client, world: World) -> None:
    case, _code = report(world)
    address = reverse("public:followed", args=[reporters.page_token(reporter_of(case))])
    files = SimpleUploadedFile("x.exe", b"MZ", "image/png")
    answer = client.post(address, {"text": "Look.", "files": files})
    assert answer.status_code == 422
    assert "Look." in answer.content.decode()
    assert not case.entries.exists()


def test_the_page_of_a_report_ends_after_a_day(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, _code = report(world)
    token = reporters.page_token(reporter_of(case))
    monkeypatch.setattr(reporters, "PAGE_LASTS_S", -1)
    for name in ("public:followed", "public:answer"):
        answer = client.post(reverse(name, args=[token]), {"text": "x"})
        assert answer["Location"] == reverse("public:status")
    assert client.get(reverse("public:mail", args=["nonsense"])).status_code == 404


def test_a_duplicate_shows_where_it_goes_on(client: Client, world: World) -> None:
    case, _code = report(world)
    main = world.case("All lamps are out")
    services.mark_duplicate(case=case, of=main, by=world.head, at=later(hours=1))
    page = client.get(reverse("public:followed", args=[reporters.page_token(reporter_of(case))]))
    assert f"Your report is the same as {main.number}" in page.content.decode()
    assert main.title not in page.content.decode()


def test_is_it_fixed_is_asked_on_the_page_until_it_is_answered(
    client: Client, world: World
) -> None:
    case, _code = report(world, email=EMAIL)
    services.accept_case(case=case, by=world.head, at=later(hours=1))
    services.rectify_case(case=case, text="Done.", by=world.head, at=later(hours=2))
    services.verify_case(case=case, result="confirmed", by=world.officer, at=later(hours=3))
    services.case_closed(case, at=later(hours=3))
    token = reporters.page_token(reporter_of(case))
    page, address = reverse("public:followed", args=[token]), reverse("public:answer", args=[token])
    assert 'id="fixed"' in client.get(page).content.decode()
    assert client.post(address, {}).status_code == 422
    said = {"answer": "partly", "text": "Half of it.", "no_more": "on"}
    assert client.post(address, said).status_code == 302
    assert reporter_of(case).stopped_at is not None
    shown = client.get(page).content.decode()
    assert 'id="fixed"' not in shown
    assert "You answered: Partly" in shown
    assert client.post(address, said).status_code == 409


def test_an_address_is_confirmed_by_a_press_and_stopped_by_another(
    client: Client, world: World
) -> None:
    case, _code = report(world, email=EMAIL)
    token = reporters.mail_token(reporter_of(case).pk)
    mail, stop = reverse("public:mail", args=[token]), reverse("public:stop", args=[token])
    client.get(mail)
    assert reporter_of(case).confirmed_at is None
    assert client.post(mail).status_code == 302
    assert reporter_of(case).confirmed_at is not None
    assert client.get(mail).status_code == 302
    client.get(stop)
    assert reporter_of(case).stopped_at is None
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert reporter_of(case).stopped_at is not None


def test_a_public_case_shows_the_words_chosen_for_the_public(client: Client, world: World) -> None:
    case, _code = report(world, title="Mr X broke it", text="It was Mr X.")
    address = reverse("public:case", args=[case.pk])
    assert client.get(address).status_code == 404
    services.publish_case(case=case, text="A lamp is broken.", by=world.head, at=later(hours=1))
    services.add_note(case=case, text="Only for us.", by=world.head, at=later(hours=2))
    page = client.get(address).content.decode()
    assert "A lamp is broken." in page
    assert "Mr X" not in page
    assert "Only for us." not in page
    listed = client.get(reverse("public:cases", args=[world.hue.code])).content.decode()
    assert "Mr X" not in listed
    services.hide_case(case=case, text="By mistake.", by=world.head, at=later(hours=3))
    assert client.get(address).status_code == 404


def test_pages_of_places_may_be_kept_and_are_light(client: Client, world: World) -> None:
    for name in ("public:place", "public:cases", "public:figures-json", "public:figures-csv"):
        answer = client.get(reverse(name, args=[world.hue.code]))
        assert "public" in answer["Cache-Control"]
        assert "Accept-Language" in answer["Vary"]
        assert not answer.cookies
        assert len(answer.content) < 50_000
    assert client.get(reverse("public:place", args=["nowhere"])).status_code == 404
    assert "<script" not in client.get(reverse("public:home")).content.decode()


@pytest.mark.parametrize("language", ["vi", "zh-hans", "ru"])
def test_a_language_is_kept_on_the_device(client: Client, world: World, language: str) -> None:
    home = reverse("public:home")
    answer = client.get(reverse("public:language"), {"to": language, "next": home})
    assert answer["Location"] == home
    assert f'lang="{language}"' in client.get(home).content.decode()
    elsewhere = client.get(reverse("public:language"), {"to": "xx", "next": "https://evil.test/"})
    assert elsewhere["Location"] == home


def test_the_list_of_public_cases_goes_on_page_by_page(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    plain = opened(world, is_moderated=False)
    for number in range(3):
        report(world, category=plain, title=f"Lamp {number}", at=later(hours=number))
    address = reverse("public:cases", args=[world.hue.code])
    with django_assert_num_queries(2):
        client.get(address)
    monkeypatch.setattr(public, "PAGE_SIZE", 2)
    first = client.get(address)
    assert first.content.decode().count("Lamp ") == 2
    further = re.search(r'href="(\?after=[^"]+)"', first.content.decode())
    assert further is not None
    assert "Lamp 0" in client.get(address + further[1]).content.decode()


def test_small_numbers_of_a_place_are_not_shown(client: Client, world: World) -> None:
    now = clock.now()
    for number in range(6):
        world.case(f"Case {number}", at=now - timedelta(days=2))
    page = client.get(reverse("public:figures-json", args=[world.hue.code])).json()
    assert (page["raised"], page["open"], page["overdue"]) == (6, 6, 0)
    assert page["closed_in_time"] is None
    world.case("Elsewhere", at=now - timedelta(days=2), area=world.khanh, by=world.second)
    page = client.get(reverse("public:figures-json", args=[world.khanh.code])).json()
    assert (page["raised"], page["open"]) == ("<5", "<5")
    text = client.get(reverse("public:place", args=[world.khanh.code])).content.decode()
    assert "&lt;5" in text


def test_the_figures_count_what_was_verified_and_how_long_it_took(world: World) -> None:
    now = clock.now()
    for number in range(6):
        case = world.case(f"Case {number}", at=now - timedelta(days=4))
        services.accept_case(case=case, by=world.head, at=now - timedelta(days=3))
        services.rectify_case(case=case, text="Done.", by=world.head, at=now - timedelta(days=2))
        services.verify_case(
            case=case, result="confirmed", by=world.officer, at=now - timedelta(days=1)
        )
    found = public.figures(world.hue)
    assert (found.closed, found.median_days) == (6, 3.0)
    assert found.in_time is not None
    assert (found.in_time.part, found.in_time.whole) == (6, 6)
    assert public.figures(world.hue) == found


def test_the_figures_are_what_counting_every_case_finds(
    world: World, django_assert_num_queries: Any
) -> None:
    now = clock.now()
    today = clock.day_of(now)
    other = Category.objects.create(code="lamps", name_en="Lamps", days_to_close=10)
    outcomes = ("", "solved", "explained", "passed_on", "duplicate", "elsewhere", "")
    for number, days in enumerate((0, 1, 20, 31, 45, 100, 200, 330, 364, 400, 500, 800)):
        at, outcome = now - timedelta(days=days), outcomes[number % len(outcomes)]
        kind = other if number % 3 else world.category
        place, by = (world.khanh, world.second) if number % 4 == 0 else (world.hue, world.lead)
        case = world.case(f"Case {number}", at=at, area=place, by=by, category=kind)
        if outcome:
            closed = at + timedelta(days=days / 2)
            Case.objects.filter(pk=case.pk).update(
                is_open=False, state="closed", outcome=outcome, closed_at=closed
            )
            answer, answered = "yes" if number % 2 else "no", closed + timedelta(days=days / 4)
            Reporter.objects.create(
                case=case, code_digest=f"{number}", answer=answer, answered_at=answered
            )
        if number % 2:
            tallies.keep(now)
    for place in (world.hue, world.khanh, world.hue.parent):
        assert place is not None
        with django_assert_num_queries(5):
            found = public._count(place, today)
        assert found == by_hand(place, today)


def by_hand(area: Area, today: date) -> public._Counted:
    """Return the figures of a place by looking at each case."""
    first = Month(today.year - (today.month < 12), today.month % 12 + 1)
    since = public.midnight(first.first)
    raised: Counter[tuple[int, Month]] = Counter()
    closed: Counter[tuple[int, Month]] = Counter()
    answers: Counter[str] = Counter()
    is_open: dict[int, tuple[int, int]] = {}
    days: dict[int, list[int]] = {}
    in_time = 0
    for case in Case.objects.order_by("-closed_at", "-pk"):
        kind, raised_on = case.category_id, clock.day_of(case.raised_at)
        if not case.area_path.startswith(area.path):
            continue
        if case.raised_at >= since:
            raised[(kind, Month.of(raised_on))] += 1
        if case.is_open:
            many, late = is_open.get(kind, (0, 0))
            is_open[kind] = (many + 1, late + (case.due_on < today))
        if case.closed_at and case.closed_at >= since and case.outcome in public.VERIFIED:
            closed_on = clock.day_of(case.closed_at)
            closed[(kind, Month.of(closed_on))] += 1
            days.setdefault(kind, []).append((closed_on - raised_on).days)
            in_time += case.promised_on is None or closed_on <= case.promised_on
        reporter = Reporter.objects.filter(case=case, answered_at__gte=since).first()
        if reporter is not None and case.raised_at >= since - timedelta(days=365):
            answers[reporter.answer] += 1
    whole = sum(map(len, days.values()))
    return public._Counted(raised, closed, is_open, days, (in_time, whole), answers)
