"""The second municipality in a real browser: five paths, its own colours and logo, in both lights."""

import json
import shutil

import pytest

from tests import databases, routes
from tests.browser.conftest import SETTINGS, Server, blank_tab
from tests.browser.inspection import COLOURS, NARROW, WIDE, covered, keep, too_wide, until, violations
from tests.processes import database_url, run_module

SET = {"CONTENT_SET": "fjordby"}
PAGES = [route.name for route in routes.EVERY if route.is_page and route.is_public]
GREEN = "rgb(20, 83, 45)"


@pytest.fixture(scope="module")
def second(once, migrated, collected, tmp_path_factory):
    """A server of each worker, on one database that they only read."""
    name = databases.SECOND

    def make(folder):
        databases.create(name, like=migrated)
        given = SETTINGS | SET | {"DATABASE_URL": database_url(name), "MEDIA_ROOT": str(folder / "media")}
        (folder / "addresses.json").write_text(run_module("tests.browser.prepare", **given))

    filled = once("second-browser", make)
    folder = tmp_path_factory.mktemp("second")
    shutil.copytree(filled / "media", folder / "media", dirs_exist_ok=True)
    addresses = json.loads((filled / "addresses.json").read_text())
    server = Server(folder, name, collected, addresses, **SET)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def tab(chromium, second):
    opened = blank_tab(chromium, second, viewport=WIDE)
    yield opened
    opened.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_read_in_both_lights(tab, second, name):
    if name not in second.addresses or "da" not in second.addresses[name]:
        pytest.skip("the set has none, and need not")
    tab.set_viewport_size(WIDE)
    tab.emulate_media(color_scheme="light", reduced_motion="reduce")
    tab.seen.requests.clear()
    assert tab.goto(second.address(name), wait_until="load").status == 200
    problems = [f"light: {one}" for one in violations(tab)]
    tab.emulate_media(color_scheme="dark")
    problems += [f"dark: {one}" for one in violations(tab, COLOURS)]
    tab.set_viewport_size(NARROW)
    problems += [*too_wide(tab), *covered(tab), *(f"narrow: {one}" for one in violations(tab))]
    problems += [url for url in tab.seen.requests if not url.startswith(second.url)]
    assert problems == []


def test_the_colours_are_the_municipality_s_own(tab, second):
    tab.set_viewport_size(WIDE)
    tab.emulate_media(color_scheme="light", reduced_motion="reduce")
    tab.goto(second.address("compass:front"))
    keep(tab, "fjordby")
    colour_of = "(css) => getComputedStyle(document.querySelector(css))"
    assert tab.evaluate(f"({colour_of})('.kompas-hero').backgroundColor") == GREEN
    tab.emulate_media(color_scheme="dark")
    until(tab, f"({colour_of})('.kompas-hero').backgroundColor !== '{GREEN}'")
    keep(tab, "fjordby-dark")
    tab.set_viewport_size(NARROW)
    keep(tab, "fjordby-narrow")
    assert tab.evaluate("document.querySelector('.kompas-header__logo').naturalWidth") > 0


def test_each_word_stands_at_its_point_and_upon_no_other(tab, second):
    """Five words around the compass: inside the window, apart from each other, in the order of the paths."""
    for size in [WIDE, NARROW]:
        tab.set_viewport_size(size)
        tab.goto(second.address("compass:front"))
        boxes = tab.evaluate(
            """[...document.querySelectorAll('.kompas-hero__point a')].map(a => a.getBoundingClientRect())"""
        )
        assert len(boxes) == 5
        assert all(box["left"] >= 0 and box["right"] <= size["width"] for box in boxes)
        for number, one in enumerate(boxes):
            for other in boxes[number + 1 :]:
                apart = (
                    one["right"] <= other["left"] or other["right"] <= one["left"]
                    or one["bottom"] <= other["top"] or other["bottom"] <= one["top"]
                )  # fmt: skip
                assert apart
        middle = sum(box["x"] + box["width"] / 2 for box in boxes) / 5
        assert boxes[0]["y"] == min(box["y"] for box in boxes)
        assert boxes[1]["x"] > middle > boxes[4]["x"]
