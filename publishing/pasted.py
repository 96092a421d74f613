"""What somebody pastes, as Markdown: from Word, a web page, a spreadsheet, or plain lines.

markdownify writes the Markdown. Here is only what office programs write in a way of their own: lists that
are paragraphs with a sign in front, footnotes, and letters that are bold by their style.
"""

import re

from bs4 import BeautifulSoup, Tag
from bs4.element import PreformattedString
from markdownify import ATX, MarkdownConverter

from publishing.tidy_text import tidy

LEFT_OUT = [
    "head",
    "style",
    "script",
    "title",
    "meta",
    "link",
    "xml",
    "img",
    "svg",
    "iframe",
    "object",
    "form",
]
NOTE_REFERENCE = re.compile(r"#(?:_ftn|_edn|sdfootnote)(\d+)(?:sym)?$")
NOTE = re.compile(r"(?:ftn|edn|sdfootnote)(\d+)$")
BACK = re.compile(r"#(?:_ftnref|_ednref|sdfootnote\d+anc)")
LIST_STYLE = re.compile(r"mso-list:\s*l\d+ level(\d+)")
IGNORED = re.compile(r"mso-list:\s*Ignore", re.IGNORECASE)
NUMBERED = re.compile(r"^\(?(?:\d+|[a-zA-Z]|[ivxlIVXL]+)[.)]")
BOLD = re.compile(r"font-weight:\s*(?:bold|[6-9]00)")
ITALIC = re.compile(r"font-style:\s*italic")
NOT_BOLD = re.compile(r"font-weight:\s*normal")
# What begins a line and means something in Markdown.
MEANS_SOMETHING = re.compile(r"^(\s*)(\d+(?=[.)]\s)|[-+#>])", re.MULTILINE)
IS_MARKDOWN = re.compile(r"\s*(?:[-*+>|#]|\d+[.)]\s|\s{4}|:::|\[\^)")
BULLET = re.compile(r"^\s*[•·▪◦–]\s+", re.MULTILINE)
DEEPEST = 4


class Converter(MarkdownConverter):
    """With footnotes, and with a sign before what would be read as something else."""

    def convert_note(self, element, text, parent_tags) -> str:
        return f"[^{element['number']}]"

    def convert_notetext(self, element, text, parent_tags) -> str:
        return f"\n\n[^{element['number']}]: {' '.join(text.split())}\n\n"

    def escape(self, text, parent_tags) -> str:
        return MEANS_SOMETHING.sub(_escaped, re.sub(r"([\\*_`\[\]<])", r"\\\1", text))


def _escaped(match: re.Match) -> str:
    space, sign = match.groups()
    return f"{space}{sign}\\" if sign.isdigit() else f"{space}\\{sign}"


def html_to_markdown(html: str) -> str:
    soup = BeautifulSoup(html, "html.parser")
    for comment in soup.find_all(string=lambda text: isinstance(text, PreformattedString)):
        comment.extract()
    for tag in soup.find_all(LEFT_OUT):
        tag.decompose()
    _mark_letters(soup)
    _mark_notes(soup)
    _make_lists(soup)
    _lower_headings(soup)
    for link in soup.find_all("a"):
        if not re.match(r"https?://|mailto:|tel:|/(?!/)", link.get("href", "")):
            link.unwrap()
    written = Converter(
        heading_style=ATX, bullets="-", table_infer_header=True, escape_misc=False, strip=["span"]
    ).convert_soup(soup)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", tidy(written.replace("\xa0", " ")))).strip()


def _mark_letters(soup):
    for tag in soup.find_all(["b", "strong"], style=NOT_BOLD):
        tag.unwrap()  # around a whole text from Google Docs
    for style, name in [(BOLD, "strong"), (ITALIC, "em")]:
        for tag in soup.find_all("span", style=style):
            tag.name = name
    for tag in soup.find_all(["b", "strong", "em", "i"]):
        if not tag.get_text(strip=True) or tag.find_parent(["h1", "h2", "h3", "h4", "h5", "h6", "th"]):
            tag.unwrap()


def _mark_notes(soup):
    for link in soup.find_all("a", href=BACK):
        link.decompose()
    for link in soup.find_all("a", href=NOTE_REFERENCE):
        note = soup.new_tag("note", number=NOTE_REFERENCE.search(link["href"])[1])
        link.replace_with(note)
    for line in soup.select("[style*=footnote-list] > hr, [style*=endnote-list] > hr"):
        line.decompose()
    for block in soup.find_all(id=NOTE):
        text = soup.new_tag("notetext", number=NOTE.search(block["id"])[1])
        text.extend(list(block.contents))
        for paragraph in text.find_all("p"):
            paragraph.unwrap()
        block.replace_with(text)


def _make_lists(soup):
    """Word's list items are paragraphs that say their level in their style."""
    for first in soup.find_all(["p", "div", "h6"], style=LIST_STYLE):
        if first.parent is None or first.name == "li":
            continue
        items = [first]
        while (following := _next_tag(items[-1])) is not None and LIST_STYLE.search(
            following.get("style", "")
        ):
            items.append(following)
        top: list[tuple[int, Tag]] = []
        anchor = soup.new_tag("div")
        first.insert_before(anchor)
        for item in items:
            _put_item(soup, anchor, top, item)
        anchor.unwrap()


def _next_tag(tag) -> Tag | None:
    following = tag.next_sibling
    while following is not None and not isinstance(following, Tag) and not str(following).strip():
        following = following.next_sibling
    return following if isinstance(following, Tag) else None


def _put_item(soup, anchor, open_lists, item):
    level = int(LIST_STYLE.search(item["style"])[1])
    marks = item.find_all(style=IGNORED)
    sign = "".join(mark.get_text() for mark in marks).strip()
    for mark in marks:
        mark.decompose()
    kind = "ol" if NUMBERED.match(sign) else "ul"
    while open_lists and (open_lists[-1][0] > level):
        open_lists.pop()
    if open_lists and open_lists[-1][0] == level and open_lists[-1][1].name != kind:
        open_lists.pop()
    if not open_lists or open_lists[-1][0] < level:
        made = soup.new_tag(kind)
        parent = open_lists[-1][1].find_all("li", recursive=False)[-1] if open_lists else anchor
        parent.append(made)
        open_lists.append((level, made))
    item.name, item.attrs = "li", {}
    open_lists[-1][1].append(item.extract())


def _lower_headings(soup):
    """The page has its own first heading, so the highest here is the second."""
    for tag in soup.find_all(class_="MsoTitle"):
        tag.name = "h1"
    found = soup.find_all(re.compile(r"^h[1-6]$"))
    higher = 2 - min((int(tag.name[1]) for tag in found), default=2)
    for tag in found:
        tag.name = f"h{min(DEEPEST, int(tag.name[1]) + higher)}"


def lines_to_markdown(text: str) -> str:
    """Plain text: a line is a paragraph, unless it is Markdown already."""
    lines = BULLET.sub("- ", tidy(text)).split("\n")
    kept: list[str] = []
    for line in lines:
        before = kept[-1] if kept else ""
        is_apart = bool(IS_MARKDOWN.match(line)) and bool(IS_MARKDOWN.match(before))
        kept += ["", line] if line.strip() and before.strip() and not is_apart else [line]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
