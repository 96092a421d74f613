"""Short addresses, and old ones that lead on."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from compass.models import Redirect
from tests.admin.conftest import admin_url
from tests.factories import make_attachment, make_page, make_path, make_story

pytestmark = pytest.mark.django_db


@pytest.fixture
def add(editor_client, db):
    return lambda old, new: editor_client.post(admin_url(Redirect, "add"), {"old": old, "new": new})


@pytest.mark.parametrize("typed", ["samtale", "/Samtale/", " samtale "])
def test_a_short_address_leads_to_a_page(add, client, typed):
    make_path(slug="lytte")
    assert add(typed, "http://testserver/veje/lytte/").status_code == 302
    answer = client.get("/samtale/")
    assert (answer.status_code, answer["Location"]) == (301, "/veje/lytte/")
    assert client.get("/en/samtale/")["Location"] == "/en/veje/lytte/"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("to/ord", "/veje/lytte/", "Skriv ét ord"),
        ("!!", "/veje/lytte/", "Skriv ét ord"),
        ("veje", "/veje/lytte/", "Der er allerede en side på /veje/"),
        ("om-os", "/veje/lytte/", "Der er allerede en side på /om-os/"),
        ("samtale", "https://andetsteds.example.dk/", "Der er ingen offentlig side der"),
        ("samtale", "/veje/findes-ikke/", "Der er ingen offentlig side der"),
        ("samtale", "/samtale/", "Der er ingen offentlig side der"),
    ],
)
def test_what_cannot_lead_on_is_refused_in_words(add, old, new, sentence):
    make_path(slug="lytte")
    make_page("Om os", slug="om-os")
    answer = add(old, new)
    assert answer.status_code in {200, 400}
    assert sentence in answer.content.decode()
    assert not Redirect.objects.exists()


def test_an_address_that_came_by_a_renaming_stays_as_it_is(edit, editor_client, client):
    story = make_story(slug="a")
    story.slug = "b"
    story.save()
    kept = Redirect.objects.get()
    make_path(slug="lytte")
    edit(kept, {"new": "/veje/lytte/"}, by=editor_client)
    assert client.get("/historier/a/")["Location"] == "/veje/lytte/"


def test_the_old_address_of_a_file_leads_to_the_new_one(editor_client, client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    attachment = make_attachment("Årsrapport")
    make_story().attachments.add(attachment)
    old = attachment.get_absolute_url()
    attachment.file = SimpleUploadedFile("aarsrapport.pdf", b"%PDF-ny")
    attachment.save()
    assert attachment.get_absolute_url() != old
    assert client.get(old)["Location"] == attachment.get_absolute_url()
    assert b"".join(client.get(attachment.get_absolute_url()).streaming_content) == b"%PDF-ny"
