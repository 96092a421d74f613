"""What a page looks like: to axe, in a window of some width, and to people in a picture."""

import os
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT

WIDE, NARROW, PHONE = [
    {"width": width, "height": height} for width, height in [(1280, 900), (320, 640), (375, 720)]
]

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
COLOURS = {**RULES, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}

# A change of light or width is there when two frames have been drawn; before, one sees it half done.
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"

STICKS_OUT = """() => [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .slice(0, 8).map(e => `${e.tagName}#${e.id}.${e.className}`)"""

# Somebody who uses a keyboard must reach what is scrolled sideways, and hear what it is.
CUT_OFF = """() => [...document.querySelectorAll('body *')]
    .filter(e => e.checkVisibility() && e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 2)
    .filter(e => !e.matches('input, select, textarea, .select2-container *'))
    .filter(e => getComputedStyle(e).overflowX !== 'visible')
    .filter(e => !e.matches('[role=region][tabindex="0"]:is([aria-label], [aria-labelledby])'))
    .map(e => `${e.tagName}#${e.id}.${e.className} ${e.scrollWidth} > ${e.clientWidth}`)"""

# What one points at in the middle of each link, button and field must be that, or what belongs to it.
COVERED = """() => [...document.querySelectorAll('a[href], button, summary, select, textarea, input')]
    .filter(e => !e.disabled && e.checkVisibility({visibilityProperty: true}))
    .filter(e => {
        e.scrollIntoView({block: 'center', inline: 'nearest'})
        const [box] = e.getClientRects()
        if (!box || box.width <= 1 || box.height <= 1) return false
        const x = box.left + box.width / 2, y = box.top + box.height / 2
        const hit = document.elementFromPoint(x, y)
        return hit && !e.contains(hit) && !hit.matches('.kompas-skip') && hit.closest('label')?.control !== e
    })
    .map(e => `${e.tagName} «${(e.textContent || e.name).trim().slice(0, 60)}»`)"""


def until(page, expression: str):
    """Playwright's own wait_for_function evaluates in the page, where the security policy forbids it."""
    for _ in range(200):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never: {expression}")


def covered(page) -> list[str]:
    """What cannot be clicked because something else lies upon it."""
    found = page.evaluate(COVERED)
    page.evaluate("scrollTo(0, 0)")
    return [f"cannot be clicked: {one}" for one in found]


def cut_off(page) -> list[str]:
    """What cannot be seen whole, and is no region that one may scroll."""
    return [f"cut off: {one}" for one in page.evaluate(CUT_OFF)]


def violations(page, options=RULES) -> list[str]:
    """What axe finds, a line for each element."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    page.evaluate(DRAWN)
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]
    ]


def widths(page) -> tuple[int, int]:
    """Of all there is to scroll, and of the window."""
    page.evaluate(DRAWN)
    return tuple(
        page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    )


def too_wide(page) -> list[str]:
    """One line if the page must be scrolled sideways, with the elements that stick out."""
    for _ in range(5):  # a busy machine lays a page out later than it draws the next frame
        scroll, client = widths(page)
        if scroll <= client:
            return []
        page.wait_for_timeout(100)
    return [f"{scroll} pixels wide in a window of {client}: {page.evaluate(STICKS_OUT)}"]


def look(page, name, *sizes):
    """In windows of these sizes, or as it is: nothing for axe to find, nothing too wide; and a picture."""
    before = page.viewport_size
    for size in sizes or [before]:
        page.set_viewport_size(size)
        assert [*violations(page), *too_wide(page)] == [], name
        keep(page, name)
    page.set_viewport_size(before)


def keep(page, name):
    """A picture for people, if SCREENSHOTS names a folder for it."""
    if folder := os.environ.get("SCREENSHOTS"):
        width = page.viewport_size["width"]
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def note(what, figures):
    """A line of figures for people, beside the pictures."""
    if folder := os.environ.get("SCREENSHOTS"):
        with (Path(folder) / "figures.txt").open("a", encoding="utf-8") as lines:
            lines.write(f"{what}: " + " · ".join(f"{name} {one}" for name, one in figures.items()) + "\n")
