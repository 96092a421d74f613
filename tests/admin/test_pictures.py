"""Pictures and files: what may be uploaded, what becomes of it, and who sees it."""

import struct
import zipfile
import zlib
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image

from compass.models import Attachment, Picture, Story
from publishing.bin import forget
from publishing.models import Binned
from tests.admin.conftest import admin_url
from tests.factories import make_attachment, make_picture, make_story, tomorrow

GPS = 0x8825
CAMERA = 0x010F


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def picture_file(kind="JPEG", *, size=(1200, 800), name="foto.jpg", **options) -> SimpleUploadedFile:
    written = BytesIO()
    Image.new("RGB", size, "teal").save(written, kind, **options)
    return SimpleUploadedFile(name, written.getvalue())


def office_file(part="word/document.xml", *, more=(), name="brev.docx") -> SimpleUploadedFile:
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as parts:
        for path in ["[Content_Types].xml", part, *more]:
            parts.writestr(path, "<xml/>")
    return SimpleUploadedFile(name, written.getvalue())


def huge_png() -> SimpleUploadedFile:
    """A few bytes that say they are 60,000 × 60,000 dots."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1_000)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return SimpleUploadedFile("lille.png", b"\x89PNG\r\n\x1a\n" + body)


@pytest.fixture
def upload(editor_client, db):
    """A function: send the form for a new picture or file, and give back its errors by field."""

    def send(model, **fields):
        defaults = {"credit": "Frida", "focus_x": 50, "focus_y": 50} if model is Picture else {}
        answer = editor_client.post(admin_url(model, "add"), {**defaults, **fields})
        assert answer.status_code in {200, 302}
        return dict(answer.context["adminform"].errors) if answer.status_code == 200 else {}

    return send


# --- Pictures --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_picture_is_kept_as_webp_in_three_sizes_and_as_a_card(upload, kind):
    assert upload(Picture, file=picture_file(kind, size=(2000, 1000)), alt="Et bord.") == {}
    picture = Picture.objects.get()
    sizes = {}
    for name in [picture.file.name, *picture.names]:
        with Image.open(default_storage.path(name)) as image:
            assert image.format == "WEBP"
            sizes[name.removeprefix(picture.stem)] = image.size
    assert sizes == {
        ".webp": (2000, 1000),
        "-480.webp": (480, 240),
        "-960.webp": (960, 480),
        "-1600.webp": (1600, 800),
        "-kort-50-50.webp": (640, 360),
    }
    assert (picture.width, picture.height) == (2000, 1000)


def test_a_small_picture_is_never_made_wider(upload):
    upload(Picture, file=picture_file(size=(300, 200)), alt="En knap.")
    picture = Picture.objects.get()
    assert picture.srcset == f"/{picture.stem}-300.webp 300w"
    assert picture.shown_size == (300, 200)


def test_where_it_was_taken_and_with_what_stays_behind(upload):
    exif = Image.Exif()
    exif[CAMERA] = "Et kamera med navn"
    exif.get_ifd(GPS).update({1: "N", 2: (56.0, 9.0, 25.0)})
    sent = picture_file(exif=exif)
    with Image.open(BytesIO(sent.read())) as image:
        assert image.getexif().get_ifd(GPS)
    sent.seek(0)
    upload(Picture, file=sent, alt="Et bord.")
    picture = Picture.objects.get()
    for name in [picture.file.name, *picture.names]:
        with default_storage.open(name) as kept:
            content = kept.read()
        assert b"Et kamera" not in content
        assert b"EXIF" not in content
        with Image.open(BytesIO(content)) as image:
            assert dict(image.getexif()) == {}


def test_a_picture_taken_sideways_stands_up(upload):
    exif = Image.Exif()
    exif[0x0112] = 6
    upload(Picture, file=picture_file(size=(1200, 800), exif=exif), alt="Et bord.")
    picture = Picture.objects.get()
    assert (picture.width, picture.height) == (800, 1200)


def test_the_card_shows_what_matters_most(edit, editor_client, db):
    image = Image.new("RGB", (3000, 360), "white")
    image.paste("red", (0, 0, 640, 360))
    written = BytesIO()
    image.save(written, "PNG")
    sent = {"file": SimpleUploadedFile("a.png", written.getvalue()), "alt": "Rødt til venstre.",
            "credit": "Frida", "focus_x": 0, "focus_y": 50}  # fmt: skip
    editor_client.post(admin_url(Picture, "add"), sent)
    picture = Picture.objects.get()
    with Image.open(default_storage.path(picture.card)) as card:
        assert card.convert("RGB").getpixel((320, 180))[1] < 60
    edit(picture, {"focus_x": 100}, by=editor_client)
    picture.refresh_from_db()
    with Image.open(default_storage.path(picture.card)) as card:
        assert card.convert("RGB").getpixel((320, 180))[1] > 200


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (SimpleUploadedFile("foto.jpg", b"<svg onload=alert(1)>"), "JPEG, PNG, WebP eller AVIF"),
        (SimpleUploadedFile("foto.jpg", b"GIF89a" + b"\0" * 40), "JPEG, PNG, WebP eller AVIF"),
        (SimpleUploadedFile("foto.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 400), "JPEG, PNG, WebP eller AVIF"),
        (SimpleUploadedFile("foto.jpg", picture_file().read()[:3000]), "gået i stykker"),
        (huge_png(), "for mange punkter"),
        (SimpleUploadedFile("foto.jpg", b"\xff\xd8\xff" + b"\0" * 13_000_000), "højst fylde"),
        (SimpleUploadedFile("foto.jpg", b""), "tom"),
    ],
    ids=["svg", "gif", "no picture", "cut", "bomb", "large", "empty"],
)  # fmt: skip
def test_what_is_no_good_picture_is_refused_in_words(upload, file, sentence):
    file.seek(0)
    errors = upload(Picture, file=file, alt="Et bord.")
    assert list(errors) == ["file"]
    assert sentence in errors["file"][0]
    assert not Picture.objects.exists()


def test_a_picture_of_more_dots_than_the_server_has_room_for_is_refused(upload, settings):
    settings.PICTURE_MAX_PIXELS = 1_000_000
    errors = upload(Picture, file=picture_file(size=(1001, 1000)), alt="Et bord.")
    assert "højst have 1 millioner" in errors["file"][0]


@pytest.mark.parametrize(
    ("fields", "is_accepted"),
    [
        ({"alt": "Et bord."}, True),
        ({"is_decorative": "on", "decorative_reason": "En streg mellem afsnit."}, True),
        ({}, False),
        ({"is_decorative": "on"}, False),
        ({"is_decorative": "on", "decorative_reason": "Pynt.", "alt": "Et bord."}, False),
    ],
)
def test_a_picture_says_what_it_shows_or_why_it_need_not(upload, fields, is_accepted):
    errors = upload(Picture, file=picture_file(), **fields)
    assert Picture.objects.exists() == is_accepted
    assert is_accepted or "Skriv, hvad billedet viser" in errors["__all__"][0]


def test_the_database_refuses_a_picture_without_words(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_picture(alt="")


def test_a_picture_in_use_is_not_deleted_and_one_that_is_gone_for_good_is_gone(
    editor_client, db, django_capture_on_commit_callbacks
):
    used, unused = make_picture("Det ene."), make_picture("Det andet.")
    make_story(picture=used)
    with django_capture_on_commit_callbacks(execute=True):
        for picture in [used, unused]:
            editor_client.post(admin_url(picture, "delete"), {"post": "yes"})
        forget(Binned.objects.get())
    assert list(Picture.objects.all()) == [used]
    assert default_storage.exists(used.file.name)
    assert not any(map(default_storage.exists, [unused.file.name, *unused.names]))


# --- On the pages ----------------------------------------------------------------------------------


def test_a_story_shows_its_picture_with_words_size_and_photographer(page, db):
    picture = make_picture("Fire om et bord.", size=(2000, 1000), caption="Mødet i maj.")
    story = make_story(picture=picture)
    shown = page(story.get_absolute_url())
    image = shown.one(".kompas-photo img")
    assert dict(image.attrib) == {
        "src": f"/{picture.stem}-1600.webp",
        "srcset": ", ".join(f"/{picture.stem}-{width}.webp {width}w" for width in [480, 960, 1600]),
        "sizes": "(min-width: 60rem) 46rem, 100vw",
        "width": "1600",
        "height": "800",
        "alt": "Fire om et bord.",
        "loading": "lazy",
        "decoding": "async",
    }
    assert shown.texts("figcaption") == ["Mødet i maj. Foto eller tegning: Frida Fotograf"]


def test_english_readers_are_told_when_the_words_are_danish(page, db):
    make_story(slug="moedet", picture=make_picture("Fire om et bord."))
    assert page("/en/historier/moedet/").one(".kompas-photo img").get("lang") == "da"


def test_a_card_shows_the_part_that_matters(page, db):
    picture = make_picture(focus_x=10, focus_y=90)
    make_story("Med billede", picture=picture)
    make_story("Uden billede")
    images = page("/historier/").select(".kompas-card img")
    assert [(image.get("src"), image.get("alt")) for image in images] == [
        (f"/{picture.stem}-kort-10-90.webp", "")
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_picture_and_for_many(client, db, django_assert_num_queries, number):
    for _ in range(number):
        make_story(picture=make_picture(size=(600, 400)))
    client.get("/historier/")  # what a process reads once a version of the content
    with django_assert_num_queries(3):
        client.get("/historier/")


def test_a_picture_is_served_once_a_story_shows_it(client, editor_client, db):
    picture = make_picture()
    story = make_story(picture=picture, published_at=tomorrow())
    assert client.get(picture.address).status_code == 404
    assert editor_client.get(picture.address).status_code == 200
    Story.objects.filter(pk=story.pk).update(published_at=story.updated_at)
    answer = client.get(picture.address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"].startswith("public")
    known = client.get(picture.address, headers={"If-None-Match": answer.headers["ETag"]})
    assert known.status_code == 304


@pytest.mark.parametrize(
    "name", ["x.webp", "../lyd/a.mp3", "0123456789abcdef.webp", "0123456789abcdef-9.webp"]
)
def test_nothing_else_is_served_as_a_picture(client, db, name):
    assert client.get(f"/billeder/{name}").status_code == 404


def test_only_the_sizes_that_pages_show_are_served(client, db):
    picture = make_picture()
    make_story(picture=picture)
    assert client.get(f"/{picture.file.name}").status_code == 404
    assert client.get(f"/{picture.stem}-kort-0-0.webp").status_code == 404


def test_the_form_leads_to_the_picture_as_it_is_kept(admin_page, editor_client, db):
    picture = make_picture()
    [address] = admin_page(admin_url(picture), by=editor_client).links(".file-upload a").values()
    assert editor_client.get(address).status_code == 200


# --- Files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        (SimpleUploadedFile("a.pdf", b"%PDF-1.7 indhold"), "pdf"),
        (office_file(), "docx"),
        (office_file("xl/workbook.xml", name="tal.xlsx"), "xlsx"),
        (SimpleUploadedFile("tal.csv", "navn;antal\nÅen;4".encode("utf-8-sig")), "csv"),
        (SimpleUploadedFile("forkert navn.exe", b"%PDF-1.7 indhold"), "pdf"),
    ],
    ids=["pdf", "docx", "xlsx", "csv", "pdf with another name"],
)
def test_a_file_is_what_its_bytes_say(upload, file, kind):
    file.seek(0)
    assert upload(Attachment, title="Skema", file=file, is_accessible="on") == {}
    attachment = Attachment.objects.get()
    assert (attachment.kind, attachment.size) == (kind, file.size)
    assert attachment.file.name.endswith(f".{kind}")


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (SimpleUploadedFile("a.pdf", b"MZ\x90\0 program"), "hverken PDF"),
        (SimpleUploadedFile("a.csv", b"<html><script>a,b</script>"), "hverken PDF"),
        (SimpleUploadedFile("a.docx", b"PK\x03\x04 ikke en zip"), "hverken PDF"),
        (office_file("andet.xml"), "hverken PDF"),
        (office_file(more=["word/vbaProject.bin"]), "makroer"),
        (SimpleUploadedFile("a.csv", "æ;ø".encode("latin-1")), "hverken PDF"),
        (SimpleUploadedFile("a.pdf", b"%PDF-" + b"0" * 20_000_001), "højst fylde"),
    ],
    ids=["program", "html", "no zip", "other zip", "macros", "latin-1", "large"],
)
def test_a_file_of_another_kind_is_refused_in_words(upload, file, sentence):
    file.seek(0)
    errors = upload(Attachment, title="Skema", file=file, is_accessible="on")
    assert sentence in errors["file"][0]
    assert not Attachment.objects.exists()


def test_a_file_nobody_has_looked_through_is_not_kept(upload):
    errors = upload(Attachment, title="Skema", file=SimpleUploadedFile("a.pdf", b"%PDF-1.7 x"))
    assert errors["__all__"] == ["Kontrollér, at filen er tilgængelig, og sæt flueben."]


def test_a_story_lists_its_files_with_kind_and_size(page, client, db):
    attachment = make_attachment("Skema til mødet", content=b"%PDF-" + b"0" * 2043)
    story = make_story()
    assert page(story.get_absolute_url()).select(".kompas-files") == []
    story.attachments.add(attachment)
    shown = page(story.get_absolute_url())
    assert shown.texts(".kompas-files li") == ["Skema til mødet (PDF, 2,0 KB)"]
    answer = client.get(shown.links(".kompas-files a")["Skema til mødet"])
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content)[:5] == b"%PDF-"


def test_a_file_of_a_draft_is_for_editors_alone(client, editor_client, db):
    attachment = make_attachment()
    make_story(published_at=None).attachments.add(attachment)
    assert client.get(attachment.get_absolute_url()).status_code == 404
    assert editor_client.get(attachment.get_absolute_url()).status_code == 200


def test_the_forms_are_good_pages_and_a_picture_is_seen_in_the_list(admin_page, editor_client, db):
    picture, attachment = make_picture(), make_attachment()
    for address in [admin_url(picture), admin_url(attachment), admin_url(Attachment, "add")]:
        admin_page(address, by=editor_client)
    listed = admin_page(admin_url(Picture, "changelist"), by=editor_client)
    assert listed.one("#result_list img").get("src") == picture.card_address
