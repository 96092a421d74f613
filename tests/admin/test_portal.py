"""Who we are, in the admin: one record and no list, and what is still missing."""

import pytest

from publishing.models import Announcement, Portal
from publishing.portal import UNWRITTEN, Section
from tests.factories import make_contact, make_path

pytestmark = pytest.mark.django_db
READINESS = "/admin/mangler/"
LIST = "/admin/publishing/portal/"


@pytest.fixture
def portal():
    return Portal.objects.create(**UNWRITTEN | {"name": "Bakkekompasset"})


def test_the_list_leads_to_the_one_there_is(administrator_client, portal):
    assert administrator_client.get(LIST).url == f"{LIST}1/change/"
    assert administrator_client.get(f"{LIST}add/").url == LIST


def test_where_there_is_none_the_list_leads_to_writing_it(administrator_client):
    assert administrator_client.get(LIST).url == f"{LIST}add/"


def test_what_is_written_is_on_the_next_page(page, admin_page, administrator_client, portal):
    form = admin_page(f"{LIST}1/change/", by=administrator_client).form("#portal_form")
    form.send({"name": "Dalkompasset", "promise": "Ned ad bakke.", "closed": [Section.RESEARCH]})
    assert page("/").title == "Ned ad bakke. Aftal, og kom igen. – Dalkompasset"
    assert Portal.objects.get().closed == [Section.RESEARCH]


def test_a_colour_that_cannot_be_read_is_not_saved_and_nothing_typed_is_lost(
    admin_page, administrator_client, portal
):
    form = admin_page(f"{LIST}1/change/", by=administrator_client).form("#portal_form")
    again = form.send({"main_colour": "#99ddaa", "main_colour_dark": "#99ddaa", "phone": "12 34 56 78"})
    assert "Kontrasten er kun" in again.text
    assert again.one("#id_phone").get("value") == "12 34 56 78"
    assert Portal.objects.get().main_colour == ""


@pytest.mark.parametrize("address", [LIST, f"{LIST}1/change/", READINESS, "/admin/publishing/announcement/"])
def test_it_is_the_administrators_alone(editor_client, method_owner_client, portal, address):
    assert {client.get(address).status_code for client in [editor_client, method_owner_client]} == {403}


def test_a_notice_is_written_in_the_admin(page, admin_page, administrator_client):
    admin_page("/admin/publishing/announcement/add/", by=administrator_client).form(
        "#announcement_form"
    ).send({"text": "Portalen er lukket på søndag."})
    assert Announcement.objects.get().text == "Portalen er lukket på søndag."
    assert page("/veje/").texts("section.kompas-announcements p") == ["Portalen er lukket på søndag."]


# --- What is missing -------------------------------------------------------------------------------


def needs(admin_page, client) -> dict[str, list[str]]:
    modules = admin_page(READINESS, by=client).select("#content .module")
    return {
        module.cssselect("h2")[0].text_content(): [item.text_content() for item in module.cssselect("li")]
        for module in modules
    }


def test_an_empty_portal_lacks_everything_and_each_has_a_link(admin_page, administrator_client):
    found = admin_page(READINESS, by=administrator_client)
    listed = needs(admin_page, administrator_client)
    assert list(listed)[:4] == [
        "Portalen", "Oplysninger til dem, der skriver", "Frister for sletning", "Kontakter",
    ]  # fmt: skip
    assert {"Omdrejningspunkter", "Veje", "Dilemmaer", "Historier", "Sider"} <= listed.keys()
    assert "tilgængelighedserklæringens adresse" in listed["Portalen"]
    assert "databeskyttelsesrådgiver" in listed["Oplysninger til dem, der skriver"]
    for link in found.links("#content .module a").values():
        assert administrator_client.get(link, follow=True).status_code == 200


def test_what_has_been_done_is_not_said_again(admin_page, administrator_client, portal):
    before = needs(admin_page, administrator_client)
    make_contact()
    make_path()
    portal.cvr = "12345678"
    portal.save()
    after = needs(admin_page, administrator_client)
    assert "CVR-nummer" in before["Portalen"]
    assert "CVR-nummer" not in after["Portalen"]
    assert before.keys() - after.keys() == {"Kontakter", "Veje", "Forvaltninger"}


def test_the_front_of_the_admin_leads_there(admin_page, administrator_client, editor_client):
    assert READINESS in admin_page("/admin/", by=administrator_client).links("#content a").values()
    assert READINESS not in admin_page("/admin/", by=editor_client).links("#content a").values()
