"""A guide is all that a compass needs: its pages, its place in the menu, its paper, a room and an end."""

import pytest
import yaml
from django.conf import settings
from django.urls import reverse

from publishing import content_version
from reflection.content import load_guides
from reflection.models import Agreement, Guide, Reflection
from reflection.published_guides import further_compasses, menu
from tests.factories import make_guide, make_user
from tests.reflection.people import add, answer, enter, place_of, reveal, seat

pytestmark = pytest.mark.django_db
SLUG = "hverdagskompasset"


@pytest.fixture
def guide(db):
    further_compasses.forget()
    return make_guide(SLUG, title="Hverdagskompasset")


@pytest.fixture
def leader(staff):
    return staff


def at(name, *arguments) -> str:
    return reverse(f"reflection:{name}", args=arguments or [SLUG])


# --- What everybody reads ----------------------------------------------------------------------------


def test_a_guide_has_a_public_page_with_all_it_asks(page, guide):
    about = page(f"/kompasser/{SLUG}/")
    assert about.texts("h1") == ["Hverdagskompasset"]
    assert "Hvem mærker det?" in about.text
    assert about.links("main a")["Kom i gang"] == at("begin")
    paper = page(about.links("main a")["Skriv det på papir"])
    assert paper.texts("h1") == ["Hverdagskompasset på papir"]
    assert "Målet er klart." in paper.text
    assert paper.texts(".kompas-sheet__scale li")[:5] == [
        "1 slet ikke", "2 Mest som 1", "3 Midt imellem", "4 Mest som 5", "5 helt",
    ]  # fmt: skip


def test_a_guide_stands_in_the_menu_of_readers_and_then_of_staff(page, guide, staff):
    assert page("/").links("nav a")["Hverdagskompasset"] == at("about")
    assert page(reverse("reflection:rooms"), by=staff).links("nav a")["Hverdagskompasset"] == at("about")
    assert "Hverdagskompasset" in page("/en/").links("nav a")


def test_a_guide_stands_among_the_tools_on_the_front_page(page, guide):
    shown = page("/").links(".kompas-tools a")
    assert shown[guide.title] == guide.get_absolute_url()


def test_the_menu_has_the_registered_compasses_first(page, content, guide):
    words = list(page("/").links("nav a"))
    at_first = words.index("Målkompasset")
    assert words[at_first : at_first + 3] == ["Målkompasset", "Samarbejdskompasset", "Hverdagskompasset"]


def test_a_draft_is_no_compass(page, db):
    make_guide(SLUG, title="Hverdagskompasset", is_published=False)
    page(at("about"), status=404)
    assert "Hverdagskompasset" not in page("/").text


@pytest.mark.parametrize("name", ["about", "blank", "begin", "open_room"])
def test_a_compass_with_pages_of_its_own_has_one_address(staff_client, content, name):
    answered = staff_client.get(at(name, "maalkompasset"))
    assert (answered.status_code, answered["Location"]) == (301, "/maalkompasset/")


def test_it_is_found_by_the_search_and_by_robots(page, client, guide):
    assert at("about") in page("/soeg/?q=Hverdagskompasset").links("main a").values()
    assert f"{settings.SITE_URL}{at('about')}" in client.get("/sitemap.xml").content.decode()


# --- From the page to the minutes ---------------------------------------------------------------------


def open_room(page, leader, **said):
    begin = page(page(at("about")).links("main a")["Kom i gang"], by=leader)
    form = page(begin.links("main a")["Åbn et rum"], by=leader).form()
    return form.send({"title": "Mandag morgen", "people": "20", **said})


def test_a_room_goes_from_the_public_page_to_the_minutes(page, guide, leader, logged_in):
    lead = open_room(page, leader)
    assert lead.texts("h1") == ["Saml svar"]
    room = Reflection.objects.get()
    browser = enter(room)
    last = page(at("step", room.key, 2), by=browser).form("main form.kompas-form")
    own = last.send(button="Spring over")
    assert own.url == at("answers", room.key)
    own.form(f"form[action='{at('finish', room.key)}']").send()
    answer(place_of(browser, room), "4")
    add(room, "1", "2")
    reveal(logged_in(leader), room)
    assert page(at("room", room.key), by=browser).url == at("board", room.key)
    line = page(at("talk", room.key, 1), by=leader).form("main form[data-autosave]")
    line.send({"text": "Vi ringer først."})
    agree = page(room.conclude_address, by=leader)
    refused = agree.form().send({"what": "Vi ringer"}, status=422)
    assert refused.texts(".kompas-error-summary a") == [
        "Hvem? Skriv ét navn.",
        "Hvornår kigger I igen? Vælg en dato, eller skriv, hvorfor der ikke er en.",
    ]
    last = refused.form().send({"who": "Ea", "due": "2027-03-01"})
    assert (last.url, last.texts("h1")) == (at("outcome", room.key), ["Det blev I enige om"])
    minutes = page(last.links("main a")["Læs referatet"], by=leader)
    for words in ["Vi ringer", "Ea", "1. marts 2027", "Vi ringer først."]:
        assert words in minutes.text
    assert page(at("room", room.key), by=browser).url == at("outcome", room.key)
    [agreement] = Agreement.objects.of(leader)
    assert (agreement.what, agreement.is_open) == ("Vi ringer", True)


def test_one_looks_back_by_opening_the_next_room_with_what_was_agreed(page, guide, leader):
    open_room(page, leader)
    first = Reflection.objects.get()
    add(first, "1", "2", "3")
    first.reveal()
    first.agree(what="Vi ringer", who="Ea", due="2027-03-01", no_date_reason="")
    open_room(page, leader, title="Mandag igen", follows=str(first.pk))
    second = Reflection.objects.latest("pk")
    welcome = page(at("welcome", second.key), by=enter(second))
    assert "Vi ringer" in welcome.text
    assert "Ea · Åben" in welcome.text


def test_what_staff_agreed_among_themselves_is_not_read_to_outsiders(page, guide, leader):
    open_room(page, leader)
    first = Reflection.objects.get()
    add(first, "1", "2", "3")
    first.reveal()
    first.agree(what="Kun for os", who="Ea", due="2027-03-01", no_date_reason="")
    open_room(page, leader, follows=str(first.pk), is_mixed="on")
    assert Reflection.objects.latest("pk").opening == []


def test_nobody_opens_with_what_others_agreed(page, guide, leader):
    open_room(page, leader)
    room = Reflection.objects.get()
    add(room, "1", "2", "3")
    room.reveal()
    room.agree(what="Kun for os", who="Ea", due="2027-03-01", no_date_reason="")
    karen = make_user("Karen Kollega")
    sent = {"title": "Tirsdag", "people": "20", "mode": "confidential", "way_in": "fitting"}
    assert page(at("open_room"), by=karen).select("[name=follows]") == []
    page(at("open_room"), by=karen, post={**sent, "follows": str(room.pk)})
    assert Reflection.objects.latest("pk").opening == []


@pytest.mark.parametrize(("who", "status"), [("participant", 404), ("stranger", 403), ("colleague", 403)])
def test_only_who_leads_writes_the_agreement(page, guide, leader, who, status):
    open_room(page, leader)
    room = Reflection.objects.get()
    [one, *_others] = add(room, "1", "2", "3")
    room.reveal()
    by = {"participant": seat(one), "stranger": None, "colleague": make_user("Karen Kollega")}[who]
    sent = {"what": "Noget andet", "who": "Mig", "due": "2027-03-01"}
    page(at("agree", room.key), by=by, status=status)
    page(at("agree", room.key), by=by, post=sent, status=status)
    assert not Agreement.objects.exists()


def test_there_is_no_agreement_before_the_answers_are_shown_and_only_one_after(page, guide, leader):
    open_room(page, leader)
    room = Reflection.objects.get()
    add(room, "1", "2", "3")
    sent = {"what": "Vi ringer", "who": "Ea", "due": "2027-03-01"}
    page(at("agree", room.key), by=leader, post=sent)
    assert not Agreement.objects.exists()
    room.reveal()
    for status in [200, 409]:
        page(at("agree", room.key), by=leader, post=sent, status=status)
    assert Agreement.objects.count() == 1


def test_a_compass_with_an_end_of_its_own_is_not_ended_here(page, staff):
    from tests.factories import make_room

    room = make_room(leader=staff, people=[None] * 3)
    room.reveal()
    page(at("agree", room.key), by=staff, status=404)


def test_one_goes_through_it_alone_and_ends_with_an_agreement(page, guide, staff):
    step = page(at("begin"), by=staff).form("main form").send({"title": "Mandag morgen"})
    assert step.texts("h1") == ["Hvad handler målet om (1)?"]
    step.form().send(button="Spring over").form().send(button="Spring over")
    own = page(at("room", Reflection.objects.get().key), by=staff)
    agree = page(own.links("main a")["Skriv aftalen"], by=staff)
    last = agree.form().send({"what": "Jeg ringer", "who": "Malik", "no_date_reason": "Det er sket."})
    assert last.texts("h1") == ["Det har du aftalt"]
    assert last.texts(".kompas-closing dd") == ["Malik", "Ingen dato, fordi: Det er sket."]
    assert "Jeg ringer" in page(last.links("main a")["Læs referatet"], by=staff).text
    assert "Mandag morgen" in page(at("begin"), by=staff).text


def test_a_file_in_the_content_is_enough(page, tmp_path, db):
    folder = tmp_path / "guides"
    folder.mkdir()
    content = yaml.safe_load(
        (settings.CONTENT_DIR.parent / "common" / "guides" / "maalkompasset.yaml").read_text()
    )
    content |= {"slug": "fritidskompasset", "title": "Fritidskompasset"}
    content["steps"] = [{**step, "dilemmas": [], "stories": []} for step in content["steps"]]
    (folder / "fritidskompasset.yaml").write_text(yaml.safe_dump(content, allow_unicode=True))
    assert load_guides(tmp_path) == 1
    assert Guide.objects.get(slug="fritidskompasset").current_version().steps.count() == 8
    assert page(at("about", "fritidskompasset")).texts("h1") == ["Fritidskompasset"]


def test_the_menu_is_read_once_for_each_version_of_the_content(guide, django_assert_num_queries):
    assert (at("about"), "Hverdagskompasset") in menu()
    Guide.objects.filter(slug=SLUG).update(title="Et andet navn")
    with django_assert_num_queries(0):
        assert (at("about"), "Hverdagskompasset") in menu()
    content_version.heard("another")
    assert (at("about"), "Et andet navn") in menu()
