"""The audio book: players that start nothing by themselves, text beside, and files in parts."""

import pytest
import yaml
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.utils.http import http_date

from aarhuskompas.settings import MEDIA_STORAGES
from compass.content import make_recording as load_recording
from compass.models import Chapter, Recording
from tests.factories import make_recording

pytestmark = pytest.mark.django_db

SOUND = bytes(range(256)) * 4


@pytest.fixture(autouse=True, params=MEDIA_STORAGES)
def media(request, settings, tmp_path):
    """Wherever uploads lie."""
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "default": settings.MEDIA_STORAGES[request.param]}
    return request.param


@pytest.fixture
def recording(media):
    recording = make_recording("Kort fortalt", chapters=3, slug="kort")
    for chapter in recording.chapters.all():
        chapter.audio.name = f"lyd/{chapter.position}.mp3"
        chapter.save()
        default_storage.save(f"lyd/{chapter.position}.mp3", ContentFile(SOUND))
    return recording


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


# --- Pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/lydbog/", "/lydbog/kort/2/"])
def test_nothing_plays_or_loads_by_itself(page, recording, address):
    for audio in page(address).select("audio"):
        assert audio.get("preload") == "none"
        assert "autoplay" not in audio.attrib
        assert "controls" in audio.attrib


def test_every_chapter_has_its_text_its_length_and_a_file_with_its_size(page, recording):
    found = page("/lydbog/")
    assert len(found.select("audio")) == 3
    for chapter in found.select(".kompas-recording__chapter"):
        words = " ".join(chapter.text_content().split())
        assert "Sådan lyder teksten." in words
        assert "Længde: 1:00" in words
        assert "(1,0 KB)" in words
    assert len(found.select("a[download]")) == 3


def test_a_chapter_has_a_page_with_the_text_and_the_ones_before_and_after(page, recording):
    found = page("/lydbog/kort/2/")
    assert "Sådan lyder teksten." in found.text
    assert [link.get("href") for link in found.select("a[rel]")] == ["/lydbog/kort/1/", "/lydbog/kort/3/"]
    page("/lydbog/kort/4/", status=404)


def test_a_paragraph_that_begins_with_a_time_leads_to_its_place_in_the_sound(page, recording):
    text = "Velkommen.\n\n0:05 Om <kompasset>\nog mere.\n\n[1:00] Til sidst.\n\n9:59 er efter slutningen."
    Chapter.objects.filter(position=1).update(transcript=text)
    for address in ["/lydbog/", "/lydbog/kort/1/"]:
        found = page(address)
        links = found.select("[data-second] a")
        assert [(link.text_content(), link.get("href")) for link in links] == [
            ("0:05", "/lyd/1.mp3#t=5"),
            ("1:00", "/lyd/1.mp3#t=60"),
        ]
        assert "Om <kompasset>" in found.text
        assert "9:59 er efter slutningen." in found.text


def test_a_text_in_another_language_says_so(page, recording):
    Chapter.objects.filter(position=1).update(language="en")
    assert page("/lydbog/kort/1/").one("section [lang=en]").text_content().strip() == "Sådan lyder teksten."
    assert not page("/en/lydbog/kort/1/").select("section [lang=en]")


def test_when_the_file_is_gone_the_text_is_still_there(page, client, recording):
    default_storage.delete("lyd/1.mp3")
    found = page("/lydbog/kort/1/")
    assert not found.select("audio")
    assert "Lyden er ikke til at hente lige nu" in found.text
    assert "Sådan lyder teksten." in found.text
    assert client.get("/lyd/1.mp3").status_code == 404


def test_readers_do_not_hear_a_draft_and_editors_do(client, page, recording, editor):
    Recording.objects.update(published_at=None)
    assert "Der er ingen optagelser endnu." in page("/lydbog/").text
    page("/lydbog/kort/1/", status=404)
    assert client.get("/lyd/1.mp3").status_code == 404
    client.force_login(editor)
    assert client.get("/lyd/1.mp3").status_code == 200


def test_only_files_of_chapters_are_served(client, recording):
    default_storage.save("lyd/hemmelig.mp3", ContentFile(b"hemmelig"))
    for name in ["hemmelig.mp3", "../settings.py", "%2e%2e/settings.py", "x" * 300]:
        assert client.get(f"/lyd/{name}").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_audio_book_costs_the_same_for_one_chapter_and_for_many(
    client, media, django_assert_num_queries, number
):
    make_recording(chapters=number)
    with django_assert_num_queries(2 + (media == "database")):  # which tells the sizes of all at once
        client.get("/lydbog/")


def test_a_chapter_without_its_text_cannot_be_saved(recording):
    with pytest.raises(IntegrityError):
        Chapter.objects.update(transcript="")


def test_a_chapter_without_its_text_is_refused_in_words(recording):
    chapter = recording.chapters.first()
    chapter.transcript = ""
    with pytest.raises(ValidationError) as refused:
        chapter.full_clean()
    assert "transcript" in refused.value.message_dict


# --- Parts of a file -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-1", 0, 1),
        ("bytes=0-0", 0, 0),
        ("bytes=100-199", 100, 199),
        ("bytes=1000-", 1000, 1023),
        ("bytes=-24", 1000, 1023),
        ("bytes=-5000", 0, 1023),
        ("bytes=1000-9999", 1000, 1023),
        ("bytes=0-", 0, 1023),
    ],
)
def test_a_player_gets_the_part_it_asks_for(client, recording, asked, first, last):
    response = client.get("/lyd/1.mp3", headers={"Range": asked})
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/1024"
    assert int(response["Content-Length"]) == last - first + 1
    assert body(response) == SOUND[first : last + 1]


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=9000-9001", "bytes=-0"])
def test_what_the_file_does_not_have_is_refused(client, recording, asked):
    response = client.get("/lyd/1.mp3", headers={"Range": asked})
    assert (response.status_code, response["Content-Range"]) == (416, "bytes */1024")


@pytest.mark.parametrize(
    "asked",
    ["", "bytes", "bytes=", "bytes=-", "bytes=5-2", "bytes=a-b", "lines=1-2", "bytes=0-1,4-5", "bytes=٣-٤"],
)
def test_what_is_no_single_part_gets_the_whole_file(client, recording, asked):
    response = client.get("/lyd/1.mp3", headers={"Range": asked})
    assert (response.status_code, body(response)) == (200, SOUND)
    assert response["Accept-Ranges"] == "bytes"


def test_a_part_is_only_sent_of_the_file_that_the_player_knows(client, recording):
    whole = client.get("/lyd/1.mp3")
    for known in [whole["ETag"], whole["Last-Modified"]]:
        part = client.get("/lyd/1.mp3", headers={"Range": "bytes=0-1", "If-Range": known})
        assert part.status_code == 206
    for other in ['"en-anden"', http_date(0)]:
        again = client.get("/lyd/1.mp3", headers={"Range": "bytes=0-1", "If-Range": other})
        assert (again.status_code, body(again)) == (200, SOUND)


def test_head_says_what_get_would(client, recording):
    head, got = client.head("/lyd/1.mp3", headers={"Range": "bytes=0-1"}), client.get("/lyd/1.mp3")
    assert (head.status_code, head.content) == (200, b"")
    for name in ["Content-Length", "Accept-Ranges", "Content-Type", "ETag", "Last-Modified"]:
        assert head[name] == got[name]


def test_a_browser_that_has_the_file_gets_304(client, recording):
    etag = client.get("/lyd/1.mp3")["ETag"]
    response = client.get("/lyd/1.mp3", headers={"If-None-Match": etag})
    assert (response.status_code, response.content) == (304, b"")


def test_sound_is_never_compressed_on_the_way(client, recording):
    response = client.get("/lyd/1.mp3", headers={"Range": "bytes=0-599", "Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in response
    assert body(response) == SOUND[:600]


def test_readers_may_keep_a_part_and_editors_may_not(client, recording, editor):
    for headers in [{}, {"Range": "bytes=0-1"}]:
        assert client.get("/lyd/1.mp3", headers=headers)["Cache-Control"] == "public, max-age=60"
    client.force_login(editor)
    for headers in [{}, {"Range": "bytes=0-1"}]:
        assert "no-store" in client.get("/lyd/1.mp3", headers=headers)["Cache-Control"]


# --- The recordings that come with the portal ----------------------------------------------------


def test_what_comes_along_is_small_and_says_that_the_voice_is_artificial(settings):
    files = list((settings.CONTENT_DIR / "audio").iterdir())
    assert sum(file.stat().st_size for file in files) < 2_500_000
    items = yaml.safe_load((settings.CONTENT_DIR / "recordings.yaml").read_text(encoding="utf-8"))
    assert all("Stemmen er kunstig" in item["note"] for item in items)
    named = {chapter["audio"] for item in items for chapter in item["chapters"]}
    assert named == {file.name for file in files}


def test_loading_puts_the_files_where_they_are_served_from(client, settings):
    items = yaml.safe_load((settings.CONTENT_DIR / "recordings.yaml").read_text(encoding="utf-8"))
    for item in items:
        load_recording(1, item)
    chapter = Chapter.objects.order_by("pk").first()
    sound = (settings.CONTENT_DIR / "audio" / "kort-fortalt-styrket-fokus-paa-vaerdi.mp3").read_bytes()
    assert body(client.get(chapter.audio.url)) == sound
    assert chapter.transcript.startswith("Styrket fokus på værdi.")
