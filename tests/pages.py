"""What makes an answer a good page, checked for every page that a test fetches.

`check_page` raises AssertionError with everything that is wrong, not only the first.
"""

import re
from functools import cache
from urllib.parse import urlsplit

import html5lib
from lxml import html
from lxml.cssselect import CSSSelector

OUR_HOSTS = {"", "testserver"}
LABELLED = (
    "input:not([type=hidden]):not([type=submit]):not([type=button]):not([type=image]), select, textarea"
)
LOADS = {
    "script": ["src"], "link": ["href"], "img": ["src", "srcset"], "source": ["src", "srcset"],
    "audio": ["src"], "video": ["src", "poster"], "iframe": ["src"], "embed": ["src"],
    "object": ["data"], "form": ["action"], "button": ["formaction"], "use": ["href"], "image": ["href"],
}  # fmt: skip
POINTERS = [
    "for",
    "aria-labelledby",
    "aria-describedby",
    "aria-controls",
    "aria-details",
    "aria-errormessage",
]


@cache
def selector(css: str) -> CSSSelector:
    """Translated once: every page is asked for the same things."""
    return CSSSelector(css, translator="html")


def words(element) -> str:
    """The text of an element, with single spaces."""
    return " ".join(element.text_content().split())


class Page:
    """A page as a reader meets it: `texts` and `select` take CSS selectors, `form` fills in and sends."""

    def __init__(self, response, fetch, *, is_part=False):
        self.response = response
        self.status = response.status_code
        self.headers = response.headers
        self.html = response.content.decode()
        self.url = response.request["PATH_INFO"]
        self._fetch = fetch
        self.tree = (
            html.fragment_fromstring(self.html, "div") if is_part else html.document_fromstring(self.html)
        )

    @property
    def text(self) -> str:
        """Everything in <main>, or in the whole part."""
        main = self.tree.cssselect("main")
        return words(main[0] if main else self.tree)

    @property
    def title(self) -> str:
        return words(self.tree.cssselect("title")[0])

    def select(self, css: str) -> list:
        return selector(css)(self.tree)

    def one(self, css: str):
        found = self.select(css)
        assert len(found) == 1, f"{len(found)} of {css} on {self.url}"
        return found[0]

    def texts(self, css: str) -> list[str]:
        return [words(element) for element in self.select(css)]

    def links(self, css: str = "a") -> dict[str, str]:
        """Addresses by link text."""
        return {words(link): link.get("href") for link in self.select(css)}

    def form(self, css: str = "main form") -> "Form":
        return Form(self.one(css), self)

    def forms(self, css: str = "form[method=post]") -> list["Form"]:
        return [Form(element, self) for element in self.select(css)]


class Form:
    """A form of a page: `values` is what a browser would send, `send` sends it."""

    def __init__(self, element, page):
        self.element = element
        self.page = page

    @property
    def action(self) -> str:
        return self.element.get("action") or self.page.url

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(field.get("name") for field in self.element.cssselect("[name]")))

    @property
    def values(self) -> dict[str, list[str]]:
        sent: dict[str, list[str]] = {}
        for name, value in self.element.form_values():
            sent.setdefault(name, []).append(value)
        return sent

    def send(self, changes: dict | None = None, *, button: str | None = None, **options):
        """Fill in `changes` and send with one of the form's buttons; redirects are followed."""
        filled = {**self.values, **(changes or {})}
        if button:
            chosen = next(b for b in self.element.cssselect("button") if words(b) == button)
            if chosen.get("name"):
                filled[chosen.get("name")] = chosen.get("value", "")
        if (self.element.get("method") or "get").lower() == "get":
            return self.page._fetch(self.action, query=filled, **options)
        return self.page._fetch(self.action, post=filled, **options)


# --- The checks ----------------------------------------------------------------------------------


def check_page(page: Page):
    """A whole document."""
    parser = html5lib.HTMLParser()
    parser.parse(page.html)
    problems = [*_html_errors(parser), *_frame(page), *_parts(page)]
    assert not problems, _message(page, problems)


def check_part(page: Page):
    """What htmx puts into a page."""
    parser = html5lib.HTMLParser()
    parser.parseFragment(page.html)
    problems = [*_html_errors(parser), *_parts(page, is_part=True)]
    assert not problems, _message(page, problems)


def _message(page, problems):
    return "\n  ".join([f"{page.url} is not a good page:", *problems])


def _html_errors(parser):
    for (line, column), code, details in parser.errors:
        yield f"HTML error {code} {details or ''} in line {line}, column {column}"


def _frame(page):
    if page.tree.get("lang") not in {"da", "en"}:
        yield f"lang is {page.tree.get('lang')!r}"
    headings = page.texts("h1")
    if len(headings) != 1:
        yield f"{len(headings)} h1: {headings}"
    elif not page.title.removeprefix("Fejl: ").removeprefix("Error: ").startswith(headings[0]):
        yield f"the title {page.title!r} does not start with the heading {headings[0]!r}"
    if not page.select("main"):
        yield "no main"
    levels = [int(heading.tag[1]) for heading in page.select("h1, h2, h3, h4, h5, h6")]
    for before, level in zip([0, *levels], levels, strict=False):
        if level > before + 1:
            yield f"a heading of level {level} follows one of level {before}"
    landmarks = [_landmark(page, element) for element in page.select("nav, aside")]
    yield from (f"{name} twice" for name in {name for name in landmarks if landmarks.count(name) > 1})
    yield from (f"{name} has no name" for name in landmarks if name in {"nav ", "aside "})


def _landmark(page, element) -> str:
    """What a screen reader lists it as."""
    labels = [words(label) for label in page.select(f"[id='{element.get('aria-labelledby')}']")]
    return f"{element.tag} {element.get('aria-label') or ''.join(labels)}"


def _parts(page, *, is_part=False):
    yield from _ids(page, is_part=is_part)
    yield from _labels(page)
    yield from _nothing_inline(page)
    yield from _other_hosts(page)
    yield from _nameless(page)


def _ids(page, *, is_part):
    ids = [element.get("id") for element in page.select("[id]")]
    yield from (f"id {name!r} twice" for name in sorted({name for name in ids if ids.count(name) > 1}))
    for attribute in [] if is_part else POINTERS:
        for element in page.select(f"[{attribute}]"):
            missing = set(element.get(attribute).split()) - set(ids)
            if missing:
                yield f"{attribute} of <{element.tag}> points to {sorted(missing)}, which is not there"
    for link in [] if is_part else page.select("a[href^='#']"):
        if link.get("href")[1:] not in ids:
            yield f"the link {words(link)!r} leads to {link.get('href')}, which is not there"


def _labels(page):
    labels = {label.get("for") for label in page.select("label[for]")}
    for field in page.select(LABELLED):
        is_inside = any(words(parent) for parent in field.iterancestors("label"))
        named = field.get("aria-label") or field.get("aria-labelledby")
        if not (field.get("id") in labels or is_inside or named):
            yield f"no label for {field.tag} {field.get('name')!r}"


def _nothing_inline(page):
    if page.select("style"):
        yield "a <style> element"
    for script in page.select("script:not([src])"):
        if script.get("type") not in {"application/json", "application/ld+json"}:
            yield "an inline script"
    for element in page.tree.iter():
        for name, value in element.attrib.items():
            if name == "style" or name.startswith(("on", "hx-on")):
                yield f"{name}={value!r} on <{element.tag}>"
            elif value.strip().lower().startswith("javascript:"):
                yield f"a javascript: address in {name} of <{element.tag}>"


def _other_hosts(page):
    for tag, names in LOADS.items():
        for element in page.select(tag):
            for value in filter(None, map(element.get, names)):
                if _host(value) not in OUR_HOSTS and element.get("rel") not in {"canonical", "alternate"}:
                    yield f"<{tag}> loads {value}"


def _host(address: str) -> str:
    return urlsplit(address).netloc.partition(":")[0]


def _nameless(page):
    for element in page.select("a[href], button, summary"):
        if not _name(element):
            yield f"a <{element.tag}> without text: {html.tostring(element, encoding='unicode')[:80]}"
    for image in page.select("img:not([alt])"):
        yield f"no alt for {image.get('src')}"


def _name(element) -> str:
    visible = [words(element), element.get("aria-label"), element.get("aria-labelledby")]
    images = [image.get("alt") or image.get("aria-label") for image in selector("img, svg")(element)]
    return re.sub(r"\s", "", "".join(filter(None, [*visible, *images])))
