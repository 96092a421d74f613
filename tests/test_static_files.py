"""Static files as production serves them: imports bundled, names hashed, compressed."""

import gzip
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client, override_settings

from aarhuskompas.serving.static_files import BundledStorage, keep_for_other_releases
from tests.conftest import COLLECTED


@pytest.fixture
def collect(tmp_path):
    """A function: collect `files` (path: text) as production does; returns the storage."""

    def run(files: dict[str, str]) -> BundledStorage:
        sources, target = tmp_path / "sources", tmp_path / "collected"
        for name, text in files.items():
            path = sources / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        finders = ["django.contrib.staticfiles.finders.FileSystemFinder"]
        with override_settings(
            STATICFILES_DIRS=[sources], STATIC_ROOT=target, STATICFILES_FINDERS=finders, STORAGES=COLLECTED
        ):
            call_command("collectstatic", interactive=False, verbosity=0)
            return BundledStorage(location=target, base_url="/static/")

    return run


def text_of(storage, name) -> str:
    return (Path(storage.location) / storage.stored_name(name)).read_text(encoding="utf-8")


SHEETS = {
    "css/portal.css": (
        '@import url("tokens.css");\n@import url("parts/card.css") layer(parts);\nmain { margin: 0 }\n'
    ),
    "css/tokens.css": "/* a comment */\n:root { --ink: #123 }\n",
    "css/parts/card.css": ".kompas-card { color: var(--ink) }\n",
}


def test_imported_style_sheets_are_put_in_place_of_the_import(collect):
    css = text_of(collect(SHEETS), "css/portal.css")
    assert "@import" not in css
    assert css.index("--ink:#123") < css.index("@layer parts") < css.index("main{")
    assert re.search(r"@layer parts\s*{\s*\.kompas-card{color:var\(--ink\)}\s*}", css)


def test_a_bundle_holds_no_comments(collect):
    assert "a comment" not in text_of(collect(SHEETS), "css/portal.css")


def test_imports_of_imports_are_put_in_too(collect):
    css = text_of(
        collect(
            {
                "css/a.css": '@import url("b/b.css");',
                "css/b/b.css": '@import url("c.css");\n.b { top: 0 }',
                "css/b/c.css": ".c { top: 0 }",
            }
        ),
        "css/a.css",
    )
    assert css.index(".c{") < css.index(".b{")


def test_a_style_sheet_without_imports_stays_as_it_was(collect):
    text = ".x { color: red; }  /* why */\n"
    assert text_of(collect({"css/x.css": text}), "css/x.css") == text


def test_an_import_of_a_missing_file_stops_the_collection(collect):
    with pytest.raises(Exception, match=r"missing\.css"):
        collect({"css/a.css": '@import url("missing.css");'})


def test_names_carry_a_hash_of_the_bundle_so_that_a_changed_part_changes_the_name(collect):
    before = collect(SHEETS).stored_name("css/portal.css")
    changed = {**SHEETS, "css/tokens.css": ":root { --ink: #456 }\n"}
    assert re.fullmatch(r"css/portal\.[0-9a-f]{12}\.css", before)
    assert collect(changed).stored_name("css/portal.css") != before


def test_collecting_again_bundles_again(collect):
    """The second time the bundle of the first lies in the target, newer than its sources."""
    first = text_of(collect(SHEETS), "css/portal.css")
    assert text_of(collect(SHEETS), "css/portal.css") == first


def test_every_text_file_has_a_compressed_twin_with_the_same_content(collect):
    storage = collect({"js/long.js": "// tekst\n" * 200})
    path = Path(storage.location) / storage.stored_name("js/long.js")
    assert gzip.decompress(path.with_name(f"{path.name}.gz").read_bytes()) == path.read_bytes()
    assert path.with_name(f"{path.name}.br").exists()


def test_a_file_that_was_not_collected_is_an_error(collect):
    storage = collect(SHEETS)
    with override_settings(DEBUG=False), pytest.raises(ValueError, match=r"css/forgotten\.css"):
        storage.url("css/forgotten.css")


def test_every_file_of_the_portal_collects_and_every_name_is_hashed(collected):
    paths = json.loads((collected / "staticfiles.json").read_text())["paths"]
    own = [
        p.relative_to(settings.BASE_DIR / "static").as_posix() for p in _files(settings.BASE_DIR / "static")
    ]
    assert set(own) <= set(paths)
    assert all(re.search(r"\.[0-9a-f]{12}(\.|$)", paths[name]) for name in own)


def test_the_style_sheet_of_the_portal_is_one_file(collected):
    paths = json.loads((collected / "staticfiles.json").read_text())["paths"]
    for name in [name for name in paths if re.fullmatch(r"css/[\w-]+\.css", name)]:
        assert "@import" not in (collected / paths[name]).read_text(encoding="utf-8")


@pytest.mark.django_db
def test_collected_files_are_served_compressed_for_ever_and_with_the_security_headers(collected):
    with override_settings(STATIC_ROOT=collected, STORAGES=COLLECTED):
        name = BundledStorage(location=collected, base_url="/static/").url("css/portal.css")
        response = Client().get(name, headers={"Accept-Encoding": "gzip, br"})
        content = b"".join(response.streaming_content)
    assert response.status_code == 200
    assert response["Content-Encoding"] == "br"
    assert len(content) < 20_000
    assert response["Cache-Control"] == "max-age=315360000, public, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Set-Cookie" not in response


def _files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_tests_themselves_use_plain_names():
    assert staticfiles_storage.url("css/portal.css") == "/static/css/portal.css"


# --- Two releases at once ------------------------------------------------------------------------


def changed(ink: str) -> dict[str, str]:
    return {**SHEETS, "css/tokens.css": f":root {{ --ink: {ink} }}\n"}


@pytest.fixture
def release(collect, settings, tmp_path, monkeypatch):
    """A function: collect files, prepare, and go on with none of them; returns a style sheet's name."""
    settings.MEDIA_ROOT = tmp_path / "media"

    def run(files: dict[str, str]) -> str:
        storage = collect(files)
        monkeypatch.setattr("aarhuskompas.serving.static_files.staticfiles_storage", storage)
        keep_for_other_releases()
        return storage.stored_name("css/portal.css")

    return run


@pytest.fixture(params=settings.MEDIA_STORAGES)
def wherever(request, settings):
    settings.STORAGES = {**settings.STORAGES, "default": settings.MEDIA_STORAGES[request.param]}


@pytest.mark.django_db
def test_files_of_this_release_and_the_one_before_are_answered_by_nodes_that_have_neither(
    client, release, wherever
):
    names = [release(changed(ink)) for ink in ["#111", "#222", "#333"]]
    answers = [client.get(f"/static/{name}") for name in names]
    assert [answer.status_code for answer in answers] == [404, 200, 200]
    assert b"--ink:#222" in b"".join(answers[1].streaming_content)
    assert answers[1]["Cache-Control"] == "public, max-age=315360000, immutable"
    assert answers[1]["Content-Type"] == "text/css"


@pytest.mark.django_db
def test_preparing_the_same_release_again_forgets_nothing(client, release, wherever):
    names = [release(changed(ink)) for ink in ["#111", "#222", "#222"]]
    assert [client.get(f"/static/{name}").status_code for name in names] == [200, 200, 200]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["releases.json", "../hemmelig.txt", "%2e%2e/hemmelig.txt", "css/none.css"])
def test_nothing_but_files_of_releases_is_answered(client, release, name):
    release(SHEETS)
    default_storage.save("hemmelig.txt", ContentFile(b"hemmelig"))
    assert client.get(f"/static/{name}").status_code == 404
