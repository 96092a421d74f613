"""The pictures of the editors' manual are taken of the portal itself.

Every run takes them and sees that the manual uses each; they are put into docs/ only when MANUAL_PICTURES
is set, for a picture differs by a few dots from one machine to the next.
"""

import os
import re
import shutil
from io import BytesIO

import pytest
from PIL import Image

from tests.browser.test_admin import first_row, press
from tests.processes import ROOT

MANUAL = ROOT / "docs" / "editing.md"
PICTURES = ROOT / "docs" / "img" / "editing"
MOST_BYTES = 80_000
COLOURS = 64
SIZE = {"width": 1280, "height": 820}
WRONG = "nøgle;slags;vej;titel;indledning;tekst;ophav\nS90;Roman;findes-ikke;Ny;Kort.;De prøvede.;composed\n"


@pytest.fixture(scope="module")
def editor_tab(editor_tab):
    editor_tab.set_viewport_size(SIZE)
    return editor_tab


@pytest.fixture(scope="module")
def story(editor_tab) -> str:
    return f"/admin/compass/story/{first_row(editor_tab, 'story')}"


def index(editor_tab, story):
    editor_tab.goto("/admin/")


def stories(editor_tab, story):
    editor_tab.goto("/admin/compass/story/")


def form(editor_tab, story):
    editor_tab.goto(f"{story}/change/")


def advice(editor_tab, story):
    editor_tab.goto(f"{story}/change/")
    editor_tab.fill("#id_body", "### Mødet\n\nVi **mødtes** i maj. Læs mere [her](/findes-ikke/).")
    editor_tab.wait_for_selector("#id_body-findings li")
    editor_tab.locator("[aria-controls=id_body-preview]").click()
    editor_tab.wait_for_selector("#id_body-preview h3")
    editor_tab.locator(".fieldBox.field-body").scroll_into_view_if_needed()
    editor_tab.evaluate("document.querySelector('#id_body').rows = 6")
    editor_tab.locator("#id_body").scroll_into_view_if_needed()


def steps(editor_tab, story):
    editor_tab.goto(f"{story}/change/")
    editor_tab.locator(".submit-row.steps").scroll_into_view_if_needed()


def schedule(editor_tab, story):
    editor_tab.goto(f"{story}/planlaeg/")


def compare(editor_tab, story):
    editor_tab.goto(f"{story}/change/")
    editor_tab.fill("#content [name=standfirst]", "De mødtes en måned tidligere. Det ændrede sagen.")
    press(editor_tab, "Gem og fortsæt med at redigere")
    editor_tab.goto(f"{story}/history/")
    press(editor_tab, "Sammenlign de to udgaver")


def archive(editor_tab, story):
    editor_tab.goto(f"{story}/arkiver/")


def picture(editor_tab, story):
    editor_tab.goto("/admin/compass/picture/add/")


def import_page(editor_tab, story):
    editor_tab.goto("/admin/compass/story/import/")
    file = {"name": "historier.csv", "mimeType": "text/csv", "buffer": WRONG.encode()}
    editor_tab.set_input_files("[name=file]", file)
    press(editor_tab, "Prøv filen")


TAKEN = {
    "forside": index,
    "liste": stories,
    "formular": form,
    "bemaerkninger": advice,
    "knapper": steps,
    "planlaeg": schedule,
    "sammenlign": compare,
    "arkiver": archive,
    "billede": picture,
    "import": import_page,
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_picture_of_the_manual_is_taken(editor_tab, story, tmp_path, name):
    TAKEN[name](editor_tab, story)
    taken = tmp_path / f"{name}.png"
    with Image.open(BytesIO(editor_tab.screenshot())) as image:
        image.convert("RGB").quantize(COLOURS).save(taken, optimize=True)
    assert taken.stat().st_size <= MOST_BYTES
    if os.environ.get("MANUAL_PICTURES"):
        PICTURES.mkdir(parents=True, exist_ok=True)
        shutil.copy(taken, PICTURES)
    editor_tab.seen.complaints.clear()


def test_the_manual_shows_every_picture_and_has_words_for_it():
    shown = re.findall(r"!\[(.+?)\]\(img/editing/(\w+)\.png\)", MANUAL.read_text(encoding="utf-8"))
    assert [name for _words, name in shown] == list(TAKEN)
    assert {path.stem for path in PICTURES.glob("*.png")} == set(TAKEN)
    assert all(path.stat().st_size <= MOST_BYTES for path in PICTURES.glob("*.png"))
