"""One search over all content, from the front of the admin."""

import pytest

from tests.factories import make_contact, make_page, make_recording, make_story

pytestmark = pytest.mark.django_db


def test_a_sentence_is_found_wherever_it_stands(admin_page, editor_client):
    story = make_story("Mødet", body="Vi **flytter** bordene hver torsdag.")
    page = make_page("Om", body="Bordene er lånt.")
    make_story("En anden")
    found = admin_page("/admin/soeg/?q=bordene", by=editor_client)
    assert found.texts("#content h2") == ["Sider", "Historier"]
    links = found.links("#content li a")
    assert links["Mødet"] == f"/admin/compass/story/{story.pk}/change/"
    assert links["Om"] == f"/admin/compass/page/{page.pk}/change/"
    assert "En anden" not in found.text


def test_what_is_nowhere_is_said(admin_page, editor_client):
    assert "Ingen tekst har «findes ikke»" in admin_page("/admin/soeg/?q=findes+ikke", by=editor_client).text


def test_the_front_has_the_field(admin_page, editor_client):
    assert admin_page("/admin/", by=editor_client).one("form[role=search] input[name=q]") is not None


def test_of_many_ten_are_shown_and_the_list_has_the_rest(admin_page, editor_client):
    for number in range(12):
        make_story(f"Bord {number}")
    found = admin_page("/admin/soeg/?q=Bord", by=editor_client)
    assert len([words for words in found.links("#content li a") if words.startswith("Bord ")]) == 10
    assert found.links("#content p a")["Søg videre i listen: historier"] == "/admin/compass/story/"


@pytest.mark.parametrize("typed", ["%00", "a" * 101])
def test_what_cannot_be_searched_for_is_said(editor_client, typed):
    answer = editor_client.get(f"/admin/soeg/?q={typed}")
    assert answer.status_code == 400
    assert "Søg med højst 100 almindelige tegn." in answer.content.decode()


def test_only_those_who_edit_may_search(staff_client, client):
    assert client.get("/admin/soeg/?q=x").status_code == 302
    assert staff_client.get("/admin/soeg/?q=x").status_code in {302, 403}


@pytest.mark.parametrize("number", [1, 3])
def test_it_costs_the_same_for_one_row_and_for_three(editor_client, django_assert_max_num_queries, number):
    for count in range(number):
        make_story(f"Bord {count}")
        make_contact(name=f"Bord {count}", email=f"bord{count}@example.dk")
        make_recording(f"Bord {count}")
    editor_client.get("/admin/soeg/?q=Bord")
    with django_assert_max_num_queries(25):
        editor_client.get("/admin/soeg/?q=Bord")
