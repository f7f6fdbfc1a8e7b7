"""Pages of the directory as people see them: what they show, to whom, and what forms keep."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from footpath.accounts.rules import Role
from footpath.core import clock
from footpath.core.figures import Rate
from footpath.directory import panels
from footpath.directory.models import Area, Membership, Organization, Person, Post, Tier
from tests.world import World, area, holder, organization, person

pytestmark = pytest.mark.django_db


def signed_in(who: Person) -> Client:
    """Return a client signed in as the person."""
    client = Client()
    assert who.user is not None
    client.force_login(who.user)
    return client


def shown(reader: Person, name: str, *args: Any, **query: Any) -> str:
    """Return the text of a page that the reader may open, every kind of space as one."""
    response = signed_in(reader).get(reverse(f"directory:{name}", args=args, query=query or None))
    assert response.status_code == 200, response.content.decode()[:2000]
    return " ".join(response.content.decode().split())


def words(page: str) -> str:
    """Return what is written on a page, without its markup."""
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


@pytest.fixture
def admin(world: World) -> Client:
    """Return a client signed in as the administrator."""
    return signed_in(world.administrator)


# --- places ---------------------------------------------------------------------------------------


def test_the_tree_opens_without_scripts(world: World) -> None:
    page = shown(world.member, "places")
    assert "Tỉnh Bến Tre" in page
    assert "Huyện Châu Thành" not in page
    assert f'href="/places/?open=83#place-{world.province.pk}"' in page
    opened = words(shown(world.member, "places", open="28804"))
    assert "Xã Tân Thạch" in opened
    assert "Ấp Tân Huề Hamlet, 1 place below" in opened


def test_htmx_gets_only_the_piece_that_changes(world: World) -> None:
    client = signed_in(world.member)
    tree = reverse("directory:places")
    opened = client.get(tree, {"open": "831"}, headers={"HX-Request": "true"})
    text = opened.content.decode()
    assert opened.headers["Vary"].count("HX-Request") == 1
    assert "<html" not in text
    assert text.count("<li") == 3
    assert 'aria-expanded="true"' in text
    closed = client.get(tree, {"closed": "831"}, headers={"HX-Request": "true"}).content.decode()
    assert closed.count("<li") == 1
    assert 'aria-expanded="false"' in closed
    roots = client.get(tree, headers={"HX-Request": "true"}).content.decode()
    assert roots.count("<li") == 1


def test_a_long_level_offers_the_places_that_follow(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        area(f"Xã {number}", world.district)
    from footpath.directory import selectors

    monkeypatch.setattr(selectors.children_of, "__kwdefaults__", {"after": None, "size": 3})
    page = shown(world.member, "places", open="831")
    following = re.search(r'hx-get="([^"]*after=[^"]*)"', page)
    assert following is not None
    assert "More places below Châu Thành" in page
    address = following[1].replace("&amp;", "&")
    client = signed_in(world.member)
    piece = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert piece.count("<li") == 3
    assert "Xã Tân Thạch" in piece
    assert "Xã Tân Thạch" in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("typed", "found"), [("chau thanh", "Huyện Châu Thành"), ("西宁", "西宁市")]
)
def test_the_search_box_finds_places(world: World, typed: str, found: str) -> None:
    area("西宁市", area("青海省"))
    assert found in words(shown(world.member, "places", q=typed))


def test_a_search_without_result_says_what_to_do(world: World) -> None:
    assert "No place is called “zzz”" in words(shown(world.member, "places", q="zzz"))


def test_a_search_with_many_results_asks_for_more_of_the_name(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("footpath.directory.views.places.SEARCH_LIMIT", 1)
    assert "Only the first 1 are shown" in words(shown(world.member, "places", q="xa"))


def test_an_empty_tree_offers_the_import_to_whoever_may(db: None) -> None:
    unit = Organization.objects.create(code="administration", name="Administration")
    post = Post.objects.create(
        organization=unit, title="Administrator", role="administrator", covers_everything=True
    )
    who = person("Root")
    Membership.objects.create(person=who, organization=unit, post=post, start=date(2020, 1, 1))
    page = words(shown(who, "places"))
    assert "Import places" in page
    assert "Add the first place" in page
    assert "Bring in the places" in words(shown(who, "administration"))
    assert "There are no tiers yet" in words(shown(who, "new-area"))
    reader = person("Reader")
    Membership.objects.create(person=reader, organization=unit, start=date(2020, 1, 1))
    Post.objects.create(organization=unit, title="Reader", role="auditor", covers_everything=True)
    Membership.objects.filter(person=reader).update(post=Post.objects.get(title="Reader"))
    page = words(shown(reader, "places"))
    assert "An administrator brings in the official list" in page
    assert "Import places" not in page


def test_the_page_of_a_place_says_what_lies_below(world: World) -> None:
    page = shown(world.head, "area", "28804")
    said = words(page)
    assert "Commune. 2 hamlets, 1 household group. Code 28804." in said
    assert f'href="{reverse("cases:raise")}?place=28804"' in page
    assert f'href="{reverse("reports:month")}?place=28804"' in page
    assert "Commune office" in said
    assert "Change the place" not in said
    assert '<h1 lang="vi">Xã Tân Thạch</h1>' in page


def test_an_administrator_is_offered_the_deeds_on_a_place(world: World) -> None:
    said = words(shown(world.administrator, "area", "28804"))
    for deed in ("Change the place", "Add a place below", "Add an organization", "Close the place"):
        assert deed in said


def test_a_closed_place_says_so_and_takes_no_cases(world: World) -> None:
    Area.objects.filter(pk=world.group.pk).update(valid_until=date(2021, 1, 1))
    said = words(shown(world.administrator, "area", world.group.code))
    assert "This place was closed after 1 January 2021." in said
    assert "Raise a case" not in said
    Area.objects.filter(pk=world.group.pk).update(valid_until=date(2999, 1, 1))
    said = words(shown(world.administrator, "area", world.group.code))
    assert "The last day of this place is 1 January 2999." in said


def test_a_place_with_many_below_is_a_list(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("footpath.directory.views.places.MOST_TILES", 2)
    for number in range(4):
        area(f"Xã {number}", world.district)
    page = shown(world.office, "area", "831")
    assert "fp-tiles" not in page
    following = re.search(r'href="([^"]*after=[^"]*)"', page)
    assert following is not None
    rest = signed_in(world.office).get(following[1].replace("#below", ""))
    assert "From the beginning" in rest.content.decode()


def test_an_unknown_place_is_not_there(world: World) -> None:
    client = signed_in(world.member)
    assert client.get(reverse("directory:area", args=["nowhere"])).status_code == 404
    assert client.get(reverse("directory:places"), {"open": "nowhere"}).status_code == 404


def test_what_other_rooms_know_stands_on_the_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for registry in ("_panels", "_figures", "_children", "_person_panels"):
        monkeypatch.setattr(panels, registry, [])
    facts = panels.ChildFacts(
        second="Lê Thị Mai", covered=Rate(8, 10), unit="household groups", missing=True
    )
    more = panels.ChildFacts(open="5 open", overdue=2)
    panels.register_children(lambda _person, areas: {row.pk: facts for row in areas}, order=1)
    panels.register_children(lambda _person, areas: {row.pk: more for row in areas}, order=2)
    panels.register_figures(
        lambda _person, _area: [panels.Figure("Hamlets covered", Rate(8, 8), "/here")], order=1
    )
    panels.register_panel(lambda _person, _area: None, order=1)
    panels.register_panel(
        lambda _person, _area: panels.Panel("directory/places_level.html", {"level": Empty}),
        order=2,
    )
    said = words(shown(world.head, "area", "28804"))
    assert "Tân Huề Lê Thị Mai somebody is missing: 8/10 groups 5 open, 2 overdue" in said
    assert "Hamlets covered 8/8 = 100.00 %" in said
    panels.register_person_panel(
        lambda _person, _shown: panels.Panel(
            "directory/places_level.html", {"level": Empty}, column="side"
        ),
        order=1,
    )
    assert "Phạm Văn Tuấn" in words(shown(world.member, "person", world.head.pk))
    assert panels.children_facts_for(world.head, []) == {}


class Empty:
    """A level of the tree without places, for a card that shows nothing."""

    parent = None
    branches = ()
    next_after = None


def queries_of(client: Client, address: str) -> int:
    """Return how many queries a page costs once the reader is known."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_lists_cost_the_same_with_one_row_and_with_three(world: World) -> None:
    client = signed_in(world.office)
    unit = organization("Office of Finance", world.son)
    holder("Clerk", Role.OFFICE, unit)
    area("Ấp Phước", world.son)
    world.phuoc.assignments.all().delete()
    pages = [
        reverse("directory:places", query={"open": world.son.code}),
        reverse("directory:places", query={"q": "phuoc"}),
        reverse("directory:area", args=[world.son.code]),
        reverse("directory:organizations", query={"place": world.son.code}),
        reverse("directory:organization", args=[unit.code]),
        reverse("directory:people", query={"organization": unit.code}),
    ]
    with_one = [queries_of(client, page) for page in pages]
    for number in (2, 3, 4):
        area(f"Ấp Phước {number}", world.son)
        organization(f"Phước {number}", world.son)
        holder(f"Clerk {number}", Role.OFFICE, unit)
    assert [queries_of(client, page) for page in pages] == with_one


# --- forms on places ------------------------------------------------------------------------------


def test_a_place_is_added_by_form(world: World, admin: Client) -> None:
    address = reverse("directory:new-area", query={"parent": "831"})
    assert 'value="831"' in admin.get(address).content.decode()
    commune = Tier.objects.get(code="commune")
    typed = {"parent": "chau thanh", "tier": commune.pk, "name": "Xã Phú Túc", "code": "28816"}
    response = admin.post(address, typed | {"latitude": "10.3", "longitude": "106.3"})
    made = Area.objects.get(code="28816")
    assert (response.status_code, response.headers["Location"]) == (302, made.get_absolute_url())
    assert (made.parent, made.latitude) == (world.district, 10.3)


def test_a_refused_form_keeps_what_was_typed(world: World, admin: Client) -> None:
    address = reverse("directory:new-area")
    hamlet = Tier.objects.get(code="hamlet")
    typed = {"parent": "831", "tier": hamlet.pk, "name": "Xã Phú Túc", "code": "28804"}
    response = admin.post(address, typed)
    text = response.content.decode()
    assert response.status_code == 422
    assert "Another place in force has the code 28804." in text
    assert 'value="Xã Phú Túc"' in text
    half = admin.post(address, typed | {"code": "1", "latitude": "10"})
    assert half.status_code == 422
    assert "Give latitude and longitude, or neither." in half.content.decode()
    assert admin.post(address, typed | {"code": "1", "longitude": "x"}).status_code == 422


@pytest.mark.parametrize(
    ("parent", "sentence"),
    [
        ("nowhere", "No place is called “nowhere”."),
        ("xa", "Several are called that: Xã Quới Sơn (28807); Xã Tân Thạch (28804)."),
    ],
)
def test_a_place_typed_vaguely_is_asked_for_again(
    world: World, admin: Client, parent: str, sentence: str
) -> None:
    typed = {"parent": parent, "tier": Tier.objects.get(code="hamlet").pk, "name": "x", "code": "1"}
    response = admin.post(reverse("directory:new-area"), typed)
    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_an_exact_name_wins_over_longer_ones(world: World, admin: Client) -> None:
    area("Huyện Châu Thành A", world.province)
    typed = {
        "parent": "huyện châu thành",
        "tier": Tier.objects.get(code="commune").pk,
        "name": "Xã Phú Túc",
        "code": "28816",
    }
    assert admin.post(reverse("directory:new-area"), typed).status_code == 302
    assert Area.objects.get(code="28816").parent == world.district


def test_a_place_is_changed_by_form(world: World, admin: Client) -> None:
    address = reverse("directory:change-area", args=["28804"])
    assert 'value="Xã Tân Thạch"' in admin.get(address).content.decode()
    typed = {"name": "Xã Tân Thạch Mới", "code": "28804", "type_name": "Xã"}
    assert admin.post(address, typed).status_code == 302
    assert Area.objects.get(code="28804").name == "Xã Tân Thạch Mới"
    refused = admin.post(address, typed | {"code": "28807"})
    assert refused.status_code == 422
    assert "Change Xã Tân Thạch Mới" in refused.content.decode()


def test_a_place_is_closed_by_form(world: World, admin: Client) -> None:
    address = reverse("directory:close-area", args=[world.hue.code])
    day = clock.today().isoformat()
    assert f'value="{day}"' in admin.get(address).content.decode()
    refused = admin.post(address, {"until": day})
    assert refused.status_code == 422
    assert "Close these first: Tổ 1." in refused.content.decode()
    group = reverse("directory:close-area", args=[world.group.code])
    assert admin.post(group, {"until": day}).status_code == 302
    world.group.refresh_from_db()
    assert world.group.valid_until == clock.today()


# --- organizations and posts ----------------------------------------------------------------------


def test_organizations_are_listed_found_and_filtered(world: World) -> None:
    assert "Office of Health" in words(shown(world.member, "organizations"))
    assert "Commune office" not in words(shown(world.member, "organizations", q="health"))
    said = words(shown(world.member, "organizations", place="28804"))
    assert "In Xã Tân Thạch and below" in said
    assert "Office of Health" not in said
    assert "No organization is called “zzz”" in words(shown(world.member, "organizations", q="zzz"))
    said = words(shown(world.administrator, "organizations", place="28807"))
    assert "There are no organizations yet" in said


def test_an_organization_shows_people_posts_and_what_is_vacant(world: World) -> None:
    Post.objects.create(organization=world.commune_office, title="Zoologist")
    child = organization("Desk", world.thach, parent=world.commune_office)
    said = words(shown(world.member, "organization", world.commune_office.code))
    assert "Phạm Văn Tuấn" in said
    assert "Zoologist" in said
    assert "Vacant" in said
    assert "Desk" in said
    assert "Stands under Commune office" in words(shown(world.member, "organization", child.code))
    empty = words(shown(world.administrator, "organization", world.agency.code))
    assert "Nobody belongs here today" in empty
    assert "No posts yet" in empty


def test_an_organization_above_all_places_says_so(world: World) -> None:
    Organization.objects.filter(pk=world.agency.pk).update(area=None)
    assert "Above all places" in words(shown(world.member, "organization", world.agency.code))
    assert "Office of Health" in words(shown(world.member, "organizations"))


def test_an_organization_is_added_and_changed_by_form(world: World, admin: Client) -> None:
    new = reverse("directory:new-organization", query={"place": "28804"})
    assert 'value="28804"' in admin.get(new).content.decode()
    typed = {"name": "Văn phòng", "code": "VP", "kind": "office", "area": "tan thach"}
    assert admin.post(new, typed | {"kind": ""}).status_code == 422
    assert admin.post(new, typed | {"code": "a/b"}).status_code == 422
    response = admin.post(new, typed | {"parent": "district office"})
    made = Organization.objects.get(code="VP")
    assert response.headers["Location"] == made.get_absolute_url()
    assert (made.area, made.parent) == (world.thach, world.district_office)
    change = reverse("directory:change-organization", args=["VP"])
    assert 'value="28804"' in admin.get(change).content.decode()
    assert admin.post(change, typed | {"code": world.agency.code}).status_code == 422
    assert admin.post(change, typed | {"parent": "office"}).status_code == 422
    assert admin.post(change, typed | {"parent": "zzz"}).status_code == 422
    assert admin.post(change, typed | {"area": "", "parent": ""}).status_code == 302
    made.refresh_from_db()
    assert (made.area, made.parent) == (None, None)


def test_a_post_is_added_changed_and_moved_by_form(world: World, admin: Client) -> None:
    new = reverse("directory:new-post", args=[world.agency.code])
    assert "Head of a commune" in admin.get(new).content.decode()
    assert admin.post(new, {"title": "", "role": "office"}).status_code == 422
    assert admin.post(new, {"title": "Clerk", "role": "office"}).status_code == 302
    assert admin.post(new, {"title": "Clerk", "role": "office"}).status_code == 422
    post = Post.objects.get(title="Clerk")
    change = reverse("directory:change-post", args=[post.pk])
    assert admin.get(change).status_code == 200
    typed = {"title": "Head clerk", "role": "head", "area": "28804"}
    assert admin.post(change, typed | {"area": "zzz"}).status_code == 422
    assert admin.post(change, typed).status_code == 302
    move = reverse("directory:move-post", args=[post.pk])
    assert admin.get(move).status_code == 200
    there = {"organization": world.cell.code, "on": "2026-04-01"}
    assert admin.post(move, there | {"organization": world.agency.code}).status_code == 422
    assert admin.post(move, there).status_code == 302
    post.refresh_from_db()
    assert (post.title, post.area, post.organization) == ("Head clerk", world.thach, world.cell)


# --- people ---------------------------------------------------------------------------------------


def test_people_are_listed_with_their_posts(world: World) -> None:
    said = words(shown(world.member, "people"))
    assert "Lê Thị Mai" in said
    assert "No person" not in said
    assert "Lê Thị Mai" not in words(shown(world.member, "people", q="pham van"))
    assert "Nobody is called “zzz”" in words(shown(world.member, "people", q="zzz"))
    of_unit = words(shown(world.administrator, "people", organization=world.agency.code))
    assert "Of Office of Health" in of_unit
    assert "There is nobody here yet" in of_unit


def test_a_long_list_of_people_goes_on(world: World) -> None:
    unit = organization("Office of Finance", world.district)
    for number in range(52):
        made = Person.objects.create(name=f"Clerk {number:02d}", search=f"clerk {number:02d}")
        Membership.objects.create(person=made, organization=unit, start=date(2020, 1, 1))
    page = shown(world.member, "people", organization=unit.code)
    following = re.search(r'href="([^"]*after=[^"]*)"', page)
    assert following is not None
    rest = signed_in(world.member).get(following[1].replace("&amp;", "&")).content.decode()
    assert "Clerk 51" in rest
    assert "From the beginning" in rest
    assert "Clerk 00" not in rest
    assert f"people/?organization={unit.code}" in shown(world.member, "organization", unit.code)


def test_a_person_shows_posts_now_and_earlier(world: World) -> None:
    Person.objects.filter(pk=world.head.pk).update(
        phone="0275 1", email="tuan@office.example", home_area=world.son
    )
    Membership.objects.create(
        person=world.head,
        organization=world.agency,
        start=date(2018, 1, 1),
        until=date(2019, 12, 31),
    )
    Membership.objects.create(person=world.head, organization=world.cell, start=date(2999, 1, 1))
    page = shown(world.member, "person", world.head.pk)
    said = words(page)
    assert "since 1 January 2020" in said
    assert "1 January 2018 to 31 December 2019" in said
    assert "from 1 January 2999" in said
    assert 'href="tel:02751"' in page
    assert "Xã Quới Sơn" not in said
    assert "User name" not in said
    assert "Xã Quới Sơn" in words(shown(world.administrator, "person", world.head.pk))


def test_somebody_without_a_membership_is_offered_one(world: World) -> None:
    stranger = person("Stranger", signs_in=False)
    said = words(shown(world.administrator, "person", stranger.pk))
    assert "No membership today" in said
    assert "Stranger cannot sign in yet." in said
    assert "No membership today" in words(shown(world.member, "person", stranger.pk))


def test_a_person_is_added_and_changed_by_form(world: World, admin: Client) -> None:
    new = reverse("directory:new-person")
    assert admin.get(new).status_code == 200
    typed = {"name": "Đỗ Văn Hai", "code": "S-1", "email": "x"}
    assert admin.post(new, typed).status_code == 422
    response = admin.post(new, typed | {"email": "hai@office.example", "home_area": "28807"})
    made = Person.objects.get(code="S-1")
    assert response.headers["Location"] == made.get_absolute_url()
    change = reverse("directory:change-person", args=[made.pk])
    assert 'value="28807"' in admin.get(change).content.decode()
    assert admin.post(change, {"name": " "}).status_code == 422
    assert admin.post(change, {"name": "Đỗ Văn Ba"}).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.code, made.home_area) == ("Đỗ Văn Ba", None, None)


def test_a_membership_is_started_changed_and_ended_by_form(world: World, admin: Client) -> None:
    post = Post.objects.create(organization=world.agency, title="Clerk")
    join = reverse("directory:join", args=[world.far.pk])
    assert admin.get(join).status_code == 200
    assert admin.post(join, {"organization": "zzz"}).status_code == 422
    start = reverse("directory:start-membership", args=[world.far.pk, world.agency.code])
    assert admin.post(join, {"organization": "health"}).headers["Location"] == start
    assert "Clerk" in admin.get(start).content.decode()
    assert admin.post(start, {"start": ""}).status_code == 422
    typed = {"start": "2026-03-01", "post": post.pk}
    assert admin.post(start, typed).status_code == 302
    assert admin.post(start, typed).status_code == 422
    held = world.far.memberships.get(organization=world.agency)
    change = reverse("directory:change-membership", args=[held.pk])
    assert 'value="2026-03-01"' in admin.get(change).content.decode()
    assert admin.post(change, {"start": "2026-03-02"}).status_code == 302
    assert admin.post(change, {"start": "x"}).status_code == 422
    end = reverse("directory:end-membership", args=[held.pk])
    assert admin.get(end).status_code == 200
    assert admin.post(end, {"until": "2026-03-01"}).status_code == 422
    assert admin.post(end, {"until": "2026-03-31"}).status_code == 302
    held.refresh_from_db()
    assert (held.start, held.until, held.post) == (date(2026, 3, 2), date(2026, 3, 31), None)


def test_a_first_password_is_shown_once(world: World, admin: Client) -> None:
    stranger = person("Đỗ Văn Hai", signs_in=False)
    page = admin.get(stranger.get_absolute_url()).content.decode()
    assert 'value="do.van.hai"' in page
    give = reverse("directory:give-access", args=[stranger.pk])
    assert admin.post(give, {"username": "do van hai"}).status_code == 422
    response = admin.post(give, {"username": "do.van.hai"})
    found = re.search(r"<code[^>]*>([^<]+)</code>", response.content.decode())
    assert found is not None
    assert "no-store" in response.headers["Cache-Control"]
    assert Client().login(username="do.van.hai", password=found[1])
    assert found[1] not in admin.get(stranger.get_absolute_url()).content.decode()
    again = admin.post(reverse("directory:new-password", args=[stranger.pk]))
    assert again.status_code == 200
    assert not Client().login(username="do.van.hai", password=found[1])


def test_access_is_stopped_and_resumed_by_button(world: World, admin: Client) -> None:
    person_page = world.head.get_absolute_url()
    stop = reverse("directory:access", args=[world.head.pk, "stop"])
    assert admin.post(stop).headers["Location"] == person_page
    assert "Let them sign in again" in admin.get(person_page).content.decode()
    resume = reverse("directory:access", args=[world.head.pk, "resume"])
    assert admin.post(resume).status_code == 302
    assert "Stop access" in admin.get(person_page).content.decode()
    assert admin.post(reverse("directory:access", args=[world.head.pk, "burn"])).status_code == 404
    assert "Stop access" not in admin.get(world.administrator.get_absolute_url()).content.decode()


# --- who may --------------------------------------------------------------------------------------


def writing_pages(world: World) -> list[str]:
    """Return the addresses of every page that changes something, with a GET form."""
    post = world.head.memberships.get().post
    held = world.head.memberships.get()
    assert post is not None
    named: list[tuple[str, list[Any]]] = [
        ("new-area", []),
        ("change-area", ["28804"]),
        ("close-area", ["28804"]),
        ("new-organization", []),
        ("change-organization", [world.agency.code]),
        ("new-post", [world.agency.code]),
        ("change-post", [post.pk]),
        ("move-post", [post.pk]),
        ("new-person", []),
        ("change-person", [world.head.pk]),
        ("join", [world.head.pk]),
        ("start-membership", [world.head.pk, world.agency.code]),
        ("change-membership", [held.pk]),
        ("end-membership", [held.pk]),
        ("administration", []),
    ]
    return [reverse(f"directory:{name}", args=args) for name, args in named]


@pytest.mark.parametrize("role", ["member", "officer", "head", "office", "auditor"])
def test_only_administrators_open_the_pages_that_change(world: World, role: str) -> None:
    client = signed_in(getattr(world, role))
    assert {client.get(page).status_code for page in writing_pages(world)} == {403}
    for page in ("give-access", "new-password"):
        address = reverse(f"directory:{page}", args=[world.administrator.pk])
        assert client.post(address, {"username": "x"}).status_code == 403
    stop = reverse("directory:access", args=[world.administrator.pk, "stop"])
    assert client.post(stop).status_code == 403


def test_administrators_open_all_of_them(world: World, admin: Client) -> None:
    assert {admin.get(page).status_code for page in writing_pages(world)} == {200}


def test_nobody_reads_without_signing_in(world: World) -> None:
    for page in ("places", "people", "organizations", "administration"):
        response = Client().get(reverse(f"directory:{page}"))
        assert (response.status_code, "sign-in" in response.headers["Location"]) == (302, True)


def test_administration_leads_to_the_reference_tables(world: World) -> None:
    page = shown(world.administrator, "administration")
    assert reverse("admin:directory_tier_changelist") in page
    assert "admin/auth/group" not in page
    assert reverse("admin:directory_area_changelist") not in page


# --- Django's administration site -----------------------------------------------------------------


def test_tiers_are_kept_on_the_administration_site(world: World, admin: Client) -> None:
    add = reverse("admin:directory_tier_add")
    typed = {"code": "street", "level": "7", "name_en": "Street"}
    assert admin.post(add, typed).status_code == 302
    made = Tier.objects.get(code="street")
    change = reverse("admin:directory_tier_change", args=[made.pk])
    assert admin.post(change, typed | {"name_vi": "Đường"}).status_code == 302
    made.refresh_from_db()
    assert made.name_vi == "Đường"
    hamlet = Tier.objects.get(code="hamlet")
    refused = admin.post(
        reverse("admin:directory_tier_change", args=[hamlet.pk]),
        {"code": "hamlet", "level": "9", "name_en": "Hamlet"},
    )
    assert refused.status_code == 200
    assert "above their parents" in refused.content.decode()
    assert (
        admin.post(
            reverse("admin:directory_tier_delete", args=[made.pk]), {"post": "yes"}
        ).status_code
        == 302
    )
    assert not Tier.objects.filter(code="street").exists()
    assert admin.get(reverse("admin:directory_tier_delete", args=[hamlet.pk])).status_code == 403


@pytest.mark.parametrize("table", ["area", "organization", "person", "post", "membership"])
def test_tables_with_deeds_are_only_looked_at(world: World, admin: Client, table: str) -> None:
    listed = admin.get(reverse(f"admin:directory_{table}_changelist"))
    assert listed.status_code == 200
    assert ">Open the page</a>" in listed.content.decode()
    assert admin.get(reverse(f"admin:directory_{table}_add")).status_code == 403
    model = {
        "area": Area,
        "organization": Organization,
        "person": Person,
        "post": Post,
        "membership": Membership,
    }[table]
    row = model._default_manager.first()
    assert row is not None
    change = reverse(f"admin:directory_{table}_change", args=[row.pk])
    assert admin.get(change).status_code == 200
    assert admin.post(change, {"name": "x"}).status_code == 403
    delete = reverse(f"admin:directory_{table}_delete", args=[row.pk])
    assert admin.post(delete, {"post": "yes"}).status_code == 403
