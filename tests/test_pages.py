"""Every page of the portal, found by its route: is it a good page, who may see it, who may keep a copy?"""

import re
from collections import defaultdict
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import override_settings
from django.urls import reverse

from compass.models import Chapter
from reflection.models import Reflection
from tests import routes
from tests.factories import make_user
from tests.pages import Form, Page, check_page, words

EVERY = pytest.mark.parametrize("route", routes.EVERY, ids=lambda route: route.name)
PAGES = pytest.mark.parametrize(
    "route", [route for route in routes.EVERY if route.is_page], ids=lambda route: route.name
)

# Routes of compass that are not the same for every reader, and why.
NOT_PUBLIC = {"compass:was": "leads to an address that the administrator may change"}

# Names of a route's arguments that make its address a secret.
SECRET = {"key", "uidb36", "token", "code"}


@pytest.fixture(scope="module")
def malik(django_db_setup, django_db_blocker, snapshot, tmp_path_factory):
    """The portal with its own content, and with goals and rooms of Malik's: made once for all tests here.

    Each test rolls back what it changes, the last one all of it.
    """
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media), transaction.atomic():
        snapshot.restore(without="compass_search")
        for chapter in Chapter.objects.all():
            sound = media / chapter.audio.name
            sound.parent.mkdir(parents=True, exist_ok=True)
            sound.write_bytes(b"sound")
        malik = make_user("Malik Medarbejder", email="malik@example.dk")
        routes.make_examples(malik)
        yield malik
        transaction.set_rollback(True)


@pytest.fixture
def staff(malik, db):
    return malik


@pytest.fixture
def examples(staff):
    """The name that tests ask for: somebody with something at every address."""


@pytest.fixture(scope="module")
def seen():
    return {}


@pytest.fixture
def shown(request, route, seen) -> list[Page]:
    """What staff see at the addresses of a route, read once for all tests that only look at it."""
    if route.name not in seen:
        browser, _examples = map(request.getfixturevalue, ["staff_client", "examples"])
        seen[route.name] = [Page(browser.get(one, follow=True), None) for one in route.addresses()]
    return seen[route.name]


def addresses(*, first=1, **wanted) -> list[str]:
    """Of all routes with these properties: public=True, personal=False, …"""
    return [
        address
        for route in routes.EVERY
        if all(getattr(route, f"is_{name}") == value for name, value in wanted.items())
        for address in route.addresses()[:first]
    ]


# --- The registry --------------------------------------------------------------------------------


@EVERY
def test_the_registry_knows_how_to_reach_the_route(route):
    assert route.is_known, (
        f"{route.name} takes {sorted(route.parameters)}: say in tests/routes.py where they come from"
    )


def test_the_registry_names_no_route_that_is_gone():
    named = (
        set(routes.ARGUMENTS)
        | set(routes.NOT_PAGES)
        | routes.PERSONAL
        | routes.ONE_LANGUAGE
        | routes.OPEN_DOORS
    )
    assert named - set(routes.BY_NAME) == set()


def test_the_portal_has_something_to_show_at_every_route(examples):
    nothing = [route.name for route in routes.EVERY if route.is_known and not route.addresses()]
    assert nothing == ["compass:logo"]  # the first set has none of its own


# --- Good pages ----------------------------------------------------------------------------------


@PAGES
def test_readers_and_staff_get_good_pages_in_both_languages(page, examples, staff_client, route):
    for language in ["da", "en"]:
        for address in route.addresses(language):
            as_reader = page(address, status=403 if route.is_in_a_room else 200)
            as_staff = page(address, by=staff_client)
            assert as_reader.tree.get("lang") == as_staff.tree.get("lang") == language


@pytest.mark.parametrize(
    "url", ["/findes-ikke/", "/en/findes-ikke/", "/historier/findes-ikke/", "/lydbog/x/9/"]
)
def test_what_is_not_there_is_said_on_a_good_page(page, db, url):
    assert page(url, status=404).select(f"main a[href='{'/en/' if url.startswith('/en/') else '/'}']")


TWO_MARKS = re.compile(r"(?<![.…])[?!.:][.:]")
OTHER_WORDS = re.compile(r"mailadresse|e-mail-?adresse|\bemail", re.IGNORECASE)


@PAGES
def test_no_sentence_ends_twice_and_an_e_mail_is_called_e_mail(shown):
    for read in shown:
        text = read.text
        assert [text[max(0, found.start() - 40) :][:60] for found in TWO_MARKS.finditer(text)] == [], read.url
        assert OTHER_WORDS.findall(text) == [], read.url


def test_every_title_says_which_of_several_things_it_is_about(staff_client, examples):
    """Tabs, bookmarks and a browser's history are told apart by nothing else."""
    titles = defaultdict(set)
    twice = [
        "collaboration:pair", "reflection:compared", "reflection:compared_pair",  # the first is the result
        "reflection:follow_up_by_link",
        "reflection:development",
    ]  # fmt: skip
    pages = [route for route in routes.EVERY if route.is_page and route.name not in twice]
    for address in {address for route in pages for address in route.addresses()[:9]}:
        read = Page(staff_client.get(address, follow=True), None)
        titles[read.title].add(read.url)
    assert {title: found for title, found in titles.items() if len(found) > 1} == {}


def test_two_rooms_about_the_same_thing_have_titles_of_their_own(staff_client, staff, examples):
    """The rounds of a collaboration, a look a year later, a rehearsal: what they are about is the same."""
    pages = {
        name: Reflection.objects.get(title=title)
        for name, title in [
            ("reflection:lead", routes.LED), ("reflection:board", routes.REVEALED),
            ("reflection:minutes", routes.REVEALED), ("collaboration:result", routes.COMPARED),
            ("reflection:wall", routes.REVEALED), ("collaboration:agree", routes.COMPARED),
        ]
    }  # fmt: skip
    for name, room in pages.items():
        address = reverse(name, args=[room.key])
        titles = {Page(staff_client.get(address, follow=True), None).title}
        for changed in [{"created_at": room.created_at - timedelta(days=365)}, {"is_rehearsal": True}]:
            Reflection.objects.filter(pk=room.pk).update(**changed)
            titles.add(Page(staff_client.get(address, follow=True), None).title)
        room.save(update_fields=["created_at", "is_rehearsal"])
        assert len(titles) == 3, titles


OF_ONESELF = "main input:is([type=email], [name=name]):not([autocomplete])"


@PAGES
def test_each_link_button_and_part_to_unfold_is_told_from_the_others(shown):
    """Who hears them one by one, or says them aloud, has their words alone; a jump stays on its page."""
    for read in shown:
        found = defaultdict(set)
        for link in read.select("main a[href]:not([href^='#'])"):
            found["a", words(link)].add(link.get("href"))
        for button in read.select("main form button"):
            form = next(button.iterancestors("form"))
            found["button", words(button)].add((form.get("action"), button.get("name"), button.get("value")))
        for number, summary in enumerate(read.select("main summary")):
            found["summary", words(summary)].add(number)
        assert {name: places for name, places in found.items() if len(places) > 1} == {}, read.url


@PAGES
def test_a_field_about_oneself_can_be_filled_in_by_the_browser(shown):
    for read in shown:
        assert [field.get("name") for field in read.select(OF_ONESELF)] == [], read.url


@PAGES
def test_a_table_of_ours_says_what_it_shows(shown):
    """An editor's table in a text has no caption: it stands where the text speaks of it."""
    for read in shown:
        bare = read.select("main table:not(:has(caption)):not(.kompas-prose *)")
        assert [words(table) for table in bare] == [], read.url


def spoiled(form) -> dict:
    """What nobody can mean, in every field that somebody can fill in."""
    fields = form.element.cssselect("input:not([type=hidden]):not([type=checkbox]), select, textarea")
    return {field.get("name"): "x" * 6_000 for field in fields if field.get("name")}


@PAGES
def test_a_page_with_errors_says_so_first_and_moves_the_focus_there(page, staff_client, examples, route):
    for language in ["da", "en"]:
        for address in route.addresses(language)[:1]:
            read = Page(staff_client.get(address, follow=True), None)
            forms = [Form(element, read) for element in read.select("main form[method=post]:not([action])")]
            for form in filter(spoiled, forms):
                answer = staff_client.post(read.url, {**form.values, **spoiled(form)})
                shown = Page(answer, None)
                check_page(shown)
                assert answer.status_code in {422, 429}, address
                word = {"da": "Fejl: ", "en": "Error: "}[language]
                assert shown.title.startswith(word), address
                assert shown.one("[data-focus]").get("tabindex") == "-1"
                assert shown.select("script[src*='focus_errors']"), address


# --- Who may keep a copy -------------------------------------------------------------------------


def test_every_page_of_the_compass_is_public_or_says_why_not():
    of_the_compass = [route for route in routes.EVERY if route.name.startswith("compass:")]
    assert {route.name for route in of_the_compass if not route.is_public} == set(NOT_PUBLIC)


def test_an_address_that_is_a_secret_is_never_public():
    assert [route.name for route in routes.EVERY if route.is_public and route.parameters & SECRET] == []


def test_a_public_page_may_be_kept_and_sets_no_cookie(client, examples):
    for address in addresses(public=True):
        response = client.get(address)
        assert response.status_code == 200, address
        assert response["Cache-Control"] == "public, max-age=60", address
        assert {"Cookie", "HX-Request", "HX-Target"} <= varies_on(response), address
        assert not response.cookies, address


def test_a_browser_that_has_a_public_page_is_told_that_it_is_unchanged(client, examples):
    for address in addresses(public=True):
        etag = client.get(address)["ETag"]
        again = client.get(address, headers={"If-None-Match": etag})
        assert (again.status_code, again.getvalue()) == (304, b""), address


def test_an_answer_that_is_not_public_is_stored_by_nobody(client, staff_client, examples):
    private = [address for address in addresses(public=False) if not address.startswith("/static/")]
    assert len(private) > 50
    for address in private:
        for browser in [client, staff_client]:
            assert "no-store" in browser.get(address)["Cache-Control"], address


def test_what_somebody_sees_who_has_logged_in_is_stored_by_nobody(staff_client, examples):
    for address in addresses(public=True):
        assert "no-store" in staff_client.get(address)["Cache-Control"], address


def test_every_answer_varies_on_what_htmx_asks_for(client, examples):
    for address in addresses():
        assert {"HX-Request", "HX-Target"} <= varies_on(client.get(address)), address


def test_no_page_changes_with_the_language_of_the_browser(client, examples):
    for address in addresses(page=True):
        danish = client.get(address, headers={"Accept-Language": "da"})
        german = client.get(address, headers={"Accept-Language": "de, en;q=0.9"})
        assert danish["Content-Language"] == german["Content-Language"] == "da", address
        assert "Accept-Language" not in varies_on(danish), address


# --- Who may come in -----------------------------------------------------------------------------


def test_a_personal_page_asks_a_reader_to_log_in(client, examples):
    login = reverse("account_login")
    for address in addresses(personal=True, post_only=False):
        response = client.get(address)
        assert (response.status_code, response["Location"]) == (302, f"{login}?next={address}")


def test_a_form_of_somebody_who_is_nobody_here_changes_nothing(client, examples):
    for address in addresses(post_only=True, harmless=False):
        assert client.post(address).status_code == 403, address


def test_what_belongs_to_one_person_is_not_there_for_a_colleague(colleague_client, examples):
    for address in addresses(personal=True, about_one_thing=True, post_only=False, first=9):
        assert colleague_client.get(address).status_code == 404, address
    for address in addresses(personal=True, about_one_thing=True, post_only=True, first=9):
        assert colleague_client.post(address).status_code == 404, address


def test_a_room_is_closed_to_a_colleague_who_has_no_place_in_it(colleague_client, examples):
    for address in addresses(in_a_room=True, post_only=False):
        assert colleague_client.get(address).status_code == 403, address
    for address in addresses(in_a_room=True, post_only=True, harmless=False):
        assert colleague_client.post(address).status_code == 403, address


# --- Methods -------------------------------------------------------------------------------------


def test_a_wrong_method_is_refused(staff_client, examples):
    for address in addresses(of_a_library=False):
        for method in ["PUT", "PATCH", "DELETE", "TRACE", "QUATSCH"]:
            assert staff_client.generic(method, address).status_code == 405, (method, address)


def test_what_is_only_read_cannot_be_posted_to(client, examples):
    for address in addresses(public=True):
        assert client.post(address).status_code == 405, address


def test_what_changes_something_is_never_done_by_a_link(page, staff_client, examples):
    """Mail scanners and browsers that look ahead follow links; people are told, and led on."""
    for address in addresses(post_only=True):
        told = page(address, by=staff_client, status=405)
        assert told.headers["Allow"] == "POST"
        [way_on] = told.select("main a.kompas-button")
        assert staff_client.get(way_on.get("href"), follow=True).status_code in {200, 405}, address


def test_head_says_what_get_would_and_sends_no_content(client, staff_client, examples):
    for address in addresses():
        for browser in [client, staff_client]:
            got, head = browser.get(address), browser.head(address)
            assert (head.status_code, head.getvalue()) == (got.status_code, b""), address


def varies_on(response) -> set[str]:
    return {name.strip() for name in response.get("Vary", "").split(",")}
