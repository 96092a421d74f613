"""Every page of the portal in a real browser: wide and narrow, light and dark."""

from collections import Counter
from urllib.parse import urlsplit

import pytest

from tests import routes
from tests.browser.conftest import blank_tab
from tests.browser.inspection import COLOURS, NARROW, PHONE, WIDE, covered, too_wide, violations, widths

PAGES = [route for route in routes.EVERY if route.is_page]


def is_for_staff(route) -> bool:
    return route.is_personal or route.is_in_a_room


@pytest.fixture(scope="module")
def tabs(chromium, server, login):
    """One tab for readers and one for staff, used for all pages: opening a browser is what costs."""
    opened = {who: blank_tab(chromium, server, viewport=WIDE) for who in ["reader", "staff"]}
    login(opened["staff"])
    yield opened
    for page in opened.values():
        page.context.close()


@pytest.fixture
def visit(tabs, server):
    """A function: go to a route as the person it is for, in a fresh state."""

    def go(route, language="da"):
        page = tabs["staff" if is_for_staff(route) else "reader"]
        if not is_for_staff(route):
            page.context.clear_cookies()
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.evaluate("location.protocol === 'http:' && (localStorage.clear(), sessionStorage.clear())")
        page.goto("about:blank")  # what the page before still asks for, and complains of, is its own
        page.seen.requests.clear()
        page.seen.complaints.clear()
        response = page.goto(server.address(route.name, language), wait_until="load")
        assert response.status == 200
        return page

    return go


@pytest.mark.parametrize("route", PAGES, ids=lambda route: route.name)
def test_a_page_works_for_everybody(visit, server, route):
    page = visit(route)
    problems = [
        *skip_link(page),
        *what_is_kept(page, route),
        *in_every_light(page),
        *too_wide(page),
        *at_every_width(page),
    ]
    problems += page.seen.complaints
    problems += [f"asks another host: {url}" for url in page.seen.requests if not url.startswith(server.url)]
    assert problems == []


def skip_link(page):
    """The first stop of the keyboard: seen, big enough, with a ring, and it leads to the content."""
    page.keyboard.press("Tab")
    found = page.evaluate(
        """async () => {
            await Promise.allSettled(document.getAnimations().map(animation => animation.finished))
            const link = document.activeElement
            const box = link.getBoundingClientRect(), style = getComputedStyle(link)
            return {
                'leads to main': document.querySelector('main').matches(link.getAttribute('href') || 'none'),
                'inside the window': box.top >= 0 && box.left >= 0 && box.right <= innerWidth,
                'at least 24 pixels': box.height >= 24 && box.width >= 24,
                'has a ring': style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
            }
        }"""
    )
    page.evaluate("document.activeElement.blur()")  # while it is seen it lies upon the header
    yield from (f"the skip link is not: {quality}" for quality, holds in found.items() if not holds)


def what_is_kept(page, route):
    """A reader's browser keeps nothing of ours but the address that htmx, like the browser, remembers."""
    if route.is_public:
        yield from (f"cookie: {cookie['name']}" for cookie in page.context.cookies())
        kept = page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
        yield from (f"kept: {key}" for key in kept if key != "htmx-current-path-for-history")


def in_every_light(page):
    """Ends narrow and light. The layout is the same in both lights, so colours alone are looked at twice."""
    yield from (f"wide, light: {one}" for one in violations(page))
    page.emulate_media(color_scheme="dark")
    yield from (f"wide, dark: {one}" for one in violations(page, COLOURS))
    page.set_viewport_size(NARROW)
    yield from (f"narrow, dark: {one}" for one in violations(page))
    page.emulate_media(color_scheme="light")
    yield from (f"narrow, light: {one}" for one in violations(page, COLOURS))


def at_every_width(page):
    """A card is laid out anew at each width, and so is what lies upon what."""
    for size in [NARROW, PHONE, WIDE]:
        page.set_viewport_size(size)
        yield from (f"{size['width']} wide: {one}" for one in covered(page))


@pytest.mark.parametrize("name", ["compass:front", "compass:story", "compass:stories", "goals:about"])
def test_english_pages_fit_a_narrow_window_too(visit, name):
    page = visit(routes.BY_NAME[name], "en")
    page.set_viewport_size(NARROW)
    assert widths(page) == (320, 320)
    assert violations(page) == []


# --- Weight --------------------------------------------------------------------------------------


class Weight:
    """What goes over the wire for one page, headers included."""

    def __init__(self, page):
        self.page = page
        self.bytes, self.kinds = 0, Counter()
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", self._add)

    def _add(self, event):
        if event["encodedDataLength"]:
            self.bytes += int(event["encodedDataLength"])
            self.kinds["requests"] += 1

    def of(self, path: str) -> tuple[int, int]:
        self.bytes, self.kinds = 0, Counter()
        self.page.goto(path, wait_until="networkidle")
        return self.bytes, self.kinds["requests"]


def test_the_front_page_is_light_the_first_time_and_lighter_the_next(new_page):
    weight = Weight(new_page())
    first, requests = weight.of("/")
    again, _ = weight.of("/veje/")
    assert 2_000 < first <= 40_000
    assert 1 <= requests <= 6
    assert again <= 12_000


def test_a_browser_that_has_the_page_already_gets_almost_nothing(new_page):
    page = new_page()
    weight = Weight(page)
    weight.of("/")
    weight.bytes = 0
    page.reload(wait_until="networkidle")
    assert weight.bytes <= 12_000


def test_every_address_a_page_asks_for_is_ours(visit):
    page = visit(routes.BY_NAME["compass:front"])
    hosts = {urlsplit(url).netloc for url in page.seen.requests}
    assert hosts == {urlsplit(page.url).netloc}
