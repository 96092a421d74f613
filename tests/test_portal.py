"""The record of who we are: one, read once, checked when it is saved, and seen at once everywhere."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, transaction
from django.urls import reverse
from django.utils import timezone

from compass import rose, social_picture
from compass.models import Path
from publishing import content_version
from publishing.colours import contrast
from publishing.logo import cleaned_svg
from publishing.models import Announcement, Portal
from publishing.portal import UNWRITTEN, Section, current_portal
from publishing.publishable import next_appearance
from tests.factories import make_path, make_story

pytestmark = pytest.mark.django_db
OURS = UNWRITTEN | {
    "name_en": "",
    "name": "Bakkekompasset",
    "municipality": "Bakkeby Kommune",
    "municipality_genitive": "Bakkeby Kommunes",
    "promise": "Op ad bakke.",
    "promise_rest": "Sammen.",
}
GREEN = {"main_colour": "#14532d", "main_colour_dark": "#9fdcb4"}
SHAPE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z"></path></svg>'


@pytest.fixture
def portal():
    return Portal.objects.create(**OURS)


def test_there_is_only_one():
    Portal.objects.create(**OURS)
    with pytest.raises(IntegrityError), transaction.atomic():
        Portal.objects.create(id=2, **OURS)


def test_without_one_the_words_fit_any_municipality(page, monkeypatch):
    monkeypatch.setattr(content_version._Kept, "values", {})
    front = page("/")
    assert front.title == "Læs og svar. Aftal, og kom igen. – Kompasset"
    assert "Du bor i kommunen" in front.text


def test_what_is_saved_is_seen_on_the_next_page(page, portal):
    front = page("/")
    assert front.title == "Op ad bakke. Sammen. – Bakkekompasset"
    assert "Bakkeby Kommunes forståelsesramme" in front.text
    portal.name = "Dalkompasset"
    portal.save()
    assert page("/").title.endswith("Dalkompasset")
    assert page("/en/").title.endswith("Dalkompasset")


def test_it_is_read_once_however_many_pages_are_shown(client, portal, django_assert_num_queries):
    client.get("/veje/")
    with django_assert_num_queries(1):  # the paths
        client.get("/veje/")


@pytest.mark.django_db(transaction=True)
def test_another_process_hears_of_a_change_with_the_version_of_the_content(portal, monkeypatch):
    monkeypatch.setattr(content_version._Kept, "values", {})
    monkeypatch.setattr(content_version._Kept, "asked", float("-inf"))
    assert current_portal().name == "Bakkekompasset"
    Portal.objects.update(name="Andre steder")  # tells nobody in this process
    assert current_portal().name == "Bakkekompasset"
    content_version.ask_again()
    assert current_portal().name == "Andre steder"


def test_while_the_database_is_away_the_last_one_stands(portal, monkeypatch):
    assert current_portal().name == "Bakkekompasset"
    content_version._Kept.values.clear()
    monkeypatch.setattr(Portal.objects, "first", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        current_portal()
    monkeypatch.setattr(Portal.objects, "first", _away)
    assert current_portal().name == "Bakkekompasset"


def _away():
    raise OperationalError("away")


# --- Colours ---------------------------------------------------------------------------------------


def problems(**fields) -> dict:
    try:
        Portal(**OURS | fields).full_clean()
    except ValidationError as error:
        return error.message_dict
    return {}


def test_black_and_white_are_as_far_from_one_another_as_can_be():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_colours_that_can_be_read_are_saved():
    assert problems(**GREEN, accent_colour="#8a2f5c", accent_colour_dark="#f4b3d6") == {}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"main_colour": "#77cc99", "main_colour_dark": "#9fdcb4"}, "main_colour"),
        ({"main_colour": "#14532d", "main_colour_dark": "#14532d"}, "main_colour_dark"),
        ({"accent_colour": "#ffcc00", "accent_colour_dark": "#ffcc00"}, "accent_colour"),
        ({"accent_colour": "#8a2f5c", "accent_colour_dark": "#8a2f5c"}, "accent_colour_dark"),
        ({"main_colour": "#14532d"}, "main_colour_dark"),
        ({"main_colour_dark": "#9fdcb4"}, "main_colour"),
        ({"main_colour": "green", "main_colour_dark": "#9fdcb4"}, "main_colour"),
    ],
)
def test_colours_that_cannot_be_read_are_refused_and_the_field_is_named(fields, field):
    assert field in problems(**fields)


def test_own_colours_are_a_style_sheet_of_their_own(page, client, portal):
    assert not re.search(r"udseende/\w+\.css", client.get("/").content.decode())
    for name, value in GREEN.items():
        setattr(portal, name, value)
    portal.save()
    address = reverse("compass:colours", args=[portal.look])
    assert f'href="{address}"' in client.get("/").content.decode()
    sheet = client.get(address)
    assert sheet["Content-Type"] == "text/css; charset=utf-8"
    assert "--deep:#14532d" in sheet.content.decode()
    assert "prefers-color-scheme:dark" in sheet.content.decode()
    assert client.get(reverse("compass:colours", args=["gammel"])).url == address


# --- Logo ------------------------------------------------------------------------------------------


def test_a_logo_keeps_its_shapes_and_loses_all_that_does_something():
    dirty = SHAPE.replace(
        "<path",
        "<script>alert(1)</script><style>*{fill:url(//x)}</style><image href='//x'/><a href='javascript:x'>"
        "<text>x</text></a><foreignObject><p onclick='x'>y</p></foreignObject>"
        "<path onload='x' fill='url(https://x.example/#a)'",
    )
    clean = cleaned_svg(dirty)
    assert not re.search(r"script|style|href|onload|onclick|image|foreign|url|<p>|<a", clean)
    assert 'd="M0 0h8v8z"' in clean


def test_a_logo_that_is_no_svg_is_refused():
    assert "logo" in problems(logo="<html><p>Hej</p></html>")
    assert "logo" in problems(logo="<svg><path d='M0 0'/></svg>")
    assert "logo" in problems(logo=SHAPE + " " * 70_000)
    assert problems(logo=SHAPE) == {}


def test_a_logo_is_clean_by_whatever_way_it_came(client, portal):
    portal.logo = SHAPE.replace("<path", "<script>alert(1)</script><path")
    portal.save()
    answer = client.get(reverse("compass:logo", args=[portal.look]))
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer.content.decode() == SHAPE


# --- Notices ---------------------------------------------------------------------------------------


def test_a_notice_is_on_all_pages_while_it_is_time(page):
    now = timezone.now()
    Announcement.objects.create(text="Portalen er lukket på søndag.", shown_until=now + timedelta(days=1))
    Announcement.objects.create(text="I morgen.", shown_from=now + timedelta(days=1))
    Announcement.objects.create(
        text="I går.", shown_from=now - timedelta(days=2), shown_until=now - timedelta(days=1)
    )
    Announcement.objects.create(text="Vandet skal koges.", text_en="Boil the water.", is_crisis=True)
    said = page("/dilemmaer/").texts("section.kompas-announcements p")
    assert said == ["Vigtigt: Vandet skal koges.", "Portalen er lukket på søndag."]
    assert "Important: Boil the water." in page("/en/dilemmaer/").texts("section.kompas-announcements p")


def test_a_kept_page_knows_when_a_notice_begins_and_ends():
    soon = timezone.now() + timedelta(minutes=5)
    notice = Announcement.objects.create(text="Nu.", shown_from=soon)
    assert next_appearance() == soon
    notice.shown_from, notice.shown_until = timezone.now() - timedelta(days=1), soon
    notice.save()
    assert next_appearance() == soon


def test_a_notice_ends_after_it_begins():
    now = timezone.now()
    with pytest.raises(ValidationError, match="skal slutte"):
        Announcement(text="x", shown_from=now, shown_until=now - timedelta(days=1)).full_clean()


# --- What is open ----------------------------------------------------------------------------------

ADDRESSES = {
    Section.AUDIOBOOK: ["/lydbog/"],
    Section.TIMELINE: ["/tilblivelse/"],
    Section.DOCUMENTS: ["/dokumenter/"],
    Section.RESEARCH: ["/viden/"],
    Section.FAREWELLS: ["/farvel/"],
    Section.OPEN_DATA: ["/aabne-data/", "/aabne-data/historier.json", "/aabne-data/historier.csv"],
}


@pytest.mark.parametrize("section", Section)
def test_a_closed_section_is_nowhere(content, client, section):
    addresses, portal = ADDRESSES[section], Portal.objects.get()
    assert {client.get(address).status_code for address in addresses} == {200}
    portal.closed = [section]
    portal.save()
    assert {client.get(address).status_code for address in addresses} == {404}
    for address in ["/", "/forstaaelsesrammen/", "/tilblivelse/", "/historier/", "/sitemap.xml"]:
        shown = client.get(address).content.decode()
        assert f'href="{addresses[0]}"' not in shown
        assert f"<loc>http://testserver{addresses[0]}</loc>" not in shown


def test_what_is_closed_is_not_found_either(content, page):
    portal = Portal.objects.get()
    assert page("/soeg/", query={"q": "lydbog"}).links("main a")
    portal.closed = [Section.AUDIOBOOK, Section.DOCUMENTS, Section.TIMELINE]
    portal.save()
    found = page("/soeg/", query={"q": "byrådet"}).links("main a").values()
    assert [link for link in found if re.match(r"/(lydbog|dokumenter|tilblivelse)/", link)] == []


# --- As many points as paths -----------------------------------------------------------------------


@pytest.mark.parametrize("number", [2, 3, 4, 5, 8])
def test_the_compass_has_as_many_points_as_there_are_paths(page, number):
    for position in range(number):
        make_path(f"Vej {position}")
    front = page("/")
    assert len(front.select("svg.kompas-rose .kompas-rose__point")) == number
    assert len(front.select(".kompas-hero__point")) == number
    assert front.select(f".kompas-hero__points--{number}")
    assert len({path.get("d") for path in front.select(".kompas-rose__point path")}) == 2 * number


def test_the_small_rose_points_where_the_path_does(page):
    paths = [make_path(f"Vej {position}") for position in range(5)]
    story = make_story(path=paths[2])
    point = page(story.get_absolute_url()).one("header svg.kompas-point .kompas-point__way")
    assert point.get("transform") == "rotate(144 16 16)"


def test_paths_may_have_any_numbers_and_drafts_are_not_counted():
    for position in [7, 20, 300]:
        make_path(f"Vej {position}", position=position)
    make_path("Kladde", position=400, published_at=None)
    places = [rose.place_of(path) for path in Path.objects.published()]
    assert [(place.colour, place.turn, place.points) for place in places] == [
        (1, "0", 3), (2, "120", 3), (3, "240", 3),
    ]  # fmt: skip


# --- The picture for whoever shares a page -----------------------------------------------------------


def test_the_picture_is_drawn_once_for_each_look_and_no_other_is_kept(
    client, portal, monkeypatch, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    drawn = []
    real = social_picture._drawn
    monkeypatch.setattr(social_picture, "_drawn", lambda portal: drawn.append(1) or real(portal))

    def picture() -> bytes:
        address = re.search(r'og:image" content="http://testserver([^"]+)', client.get("/").content.decode())[
            1
        ]
        answer = client.get(address)
        assert answer.status_code == 200
        return b"".join(answer.streaming_content) if answer.streaming else answer.content

    first = picture()
    assert first.startswith(b"\x89PNG")
    assert picture() == first
    assert len(drawn) == 1
    portal.promise = "Ned ad bakke."
    portal.save()
    assert picture() != first
    assert len(drawn) == 2
    assert len(list((tmp_path / "udseende").iterdir())) == 1
