"""What somebody pastes, as Markdown: from Word, a web page, a spreadsheet, or plain lines.

markdownify writes the Markdown. Here is only what office programs write in a way of their own: lists that
are paragraphs with a sign in front, footnotes, letters that are bold by their style, links that go round by
a tracker – and lines that a PDF has broken.
"""

import re
from itertools import pairwise
from urllib.parse import quote, unquote

from bs4 import BeautifulSoup, Tag
from bs4.element import PreformattedString
from markdownify import ATX, MarkdownConverter

from publishing.tidy_text import tidy

LEFT_OUT = (
    "head, style, script, title, meta, link, xml, img, svg, iframe, object, form,"
    " button, nav, video, audio, noscript,"
    # Word: what was deleted with changes tracked, comments, and a list of contents with its page numbers.
    " del, [style*=comment-list], .msocomanchor, .msocomoff, .MsoCommentReference, [class^=MsoToc]"
)
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
CELLS, MOST_SPANNED, MOST_SPANNING = ["td", "th"], 10, 200
# Google Docs and Outlook lead a link round by themselves.
TRACKED = re.compile(
    r"https://(?:www\.google\.com/url|[\w.]+\.safelinks\.protection\.outlook\.com/)\?(?:[^#]*&)?(?:q|url)=([^&]+)"
)
SHORTEST_MARGIN = 40
GOES_ON, HYPHENATED = re.compile(r"\s*[a-zæøå]"), re.compile(r"\w-\s*$")


class Converter(MarkdownConverter):
    """With footnotes, and with a sign before what would be read as something else."""

    def convert_note(self, element, text, parent_tags) -> str:
        return f"[^{element['number']}]"

    def convert_td(self, element, text, parent_tags) -> str:
        return " " + " ".join(text.split()).replace("|", r"\|") + " |"

    convert_th = convert_td

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
    for tag in soup.select(LEFT_OUT):
        tag.decompose()
    for step in [
        _mark_letters,
        _mark_notes,
        _make_lists,
        _nest_lists,
        _lower_headings,
        _fill_tables,
        _mend_links,
    ]:
        step(soup)
    written = Converter(
        heading_style=ATX,
        bullets="-",
        table_infer_header=True,
        escape_misc=False,
        newline_style="backslash",
        strip=["span", "s", "strike"],
    ).convert_soup(soup)
    text = re.sub(r"[ \t]+\n", "\n", tidy(written.replace("\xa0", " ")))
    text = re.sub(r"^\\\n", "\n", text, flags=re.MULTILINE)
    text = re.sub(r"(?<!\\)\\\n(?=\s*\n)", "\n", text)  # a new line, and nothing after it
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _mark_letters(soup):
    for tag in soup.find_all(["b", "strong"], style=NOT_BOLD):
        tag.unwrap()  # around a whole text from Google Docs
    for style, name in [(BOLD, "strong"), (ITALIC, "em")]:
        for tag in soup.find_all("span", style=style):
            tag.name = name
    for tag in soup.find_all(["b", "strong", "em", "i"]):
        if tag.parent is None:  # taken into the one before
            continue
        while (following := tag.next_sibling) is not None and following.name == tag.name:  # a word in pieces
            tag.extend(list(following.contents))
            following.extract()
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
            paragraph.insert_after(" ")
            paragraph.unwrap()
        block.replace_with(text)


def _make_lists(soup):
    """Word's list items are paragraphs that say their level in their style; in the browser each is a list."""
    for item in soup.select(".ListContainerWrapper li"):
        sign = soup.new_tag("span", style="mso-list:Ignore")
        sign.string = f"{item.parent.get('start', '1')}." if item.parent.name == "ol" else "·"
        item.insert(0, sign)
        item.name, item["style"] = "p", f"mso-list:l0 level{item.get('aria-level', '1')}"
    for wrapper in soup.select(".ListContainerWrapper, .ListContainerWrapper > *"):
        if wrapper.name in {"div", "ul", "ol"}:
            wrapper.unwrap()
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
        made = soup.new_tag(kind, start=sign.strip("(.)")) if sign[:1].isdigit() else soup.new_tag(kind)
        parent = open_lists[-1][1].find_all("li", recursive=False)[-1] if open_lists else anchor
        parent.append(made)
        open_lists.append((level, made))
    item.name, item.attrs = "li", {}
    open_lists[-1][1].append(item.extract())


def _nest_lists(soup):
    """Google Docs puts a list beside the item that it belongs to."""
    for inner in soup.select(":is(ul, ol) > :is(ul, ol)"):
        if before := inner.find_previous_sibling("li"):
            before.append(inner)
    for item in soup.find_all("li"):
        if paragraph := item.find("p", recursive=False):
            paragraph.unwrap()


def _lower_headings(soup):
    """The page has its own first heading, so the highest here is the second."""
    for tag in soup.select("[role=heading][aria-level]"):
        tag.name = f"h{tag['aria-level']}"
    for tag in soup.find_all(class_="MsoTitle"):
        tag.name = "h1"
    for tag in soup.find_all(["dt", "dd"]):
        (tag.wrap(soup.new_tag("strong")) if tag.name == "dt" else tag).wrap(soup.new_tag("p"))
        tag.unwrap()
    found = soup.find_all(re.compile(r"^h[1-6]$"))
    higher = 2 - min((int(tag.name[1]) for tag in found), default=2)
    for tag in found:
        tag.name = f"h{min(DEEPEST, int(tag.name[1]) + higher)}"


def _fill_tables(soup):
    """Markdown's tables have a cell for each column of each row, and no lists in them."""
    spanning = [cell for cell in soup.find_all(CELLS) if _span(cell, "colspan") * _span(cell, "rowspan") > 1]
    for cell in spanning[MOST_SPANNING:]:  # filling so many takes minutes
        cell.attrs = {}
    for row in soup.find_all("tr"):
        place = 0
        for cell in row.find_all(CELLS, recursive=False):
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            for item in cell.find_all("li"):
                item.append(" ")
                item.unwrap()
            for below in row.find_next_siblings("tr", limit=height - 1) if height > 1 else ():
                before = below.find_all(CELLS, recursive=False)[:place]
                for _column in range(width):
                    empty = soup.new_tag("td")
                    before[-1].insert_after(empty) if before else below.insert(0, empty)
            for _column in range(width - 1):
                cell.insert_after(soup.new_tag("td"))
            cell.attrs = {}
            place += width


def _span(cell, name: str) -> int:
    told = cell.get(name, "")
    return min(int(told), MOST_SPANNED) if told.isdecimal() and int(told) else 1


def _mend_links(soup):
    """Past whoever counts clicks, and without signs that end a link in Markdown."""
    for link in soup.find_all("a"):
        tracked = TRACKED.match(link.get("href", ""))
        address = unquote(tracked[1]) if tracked else link.get("href", "").strip()
        if re.match(r"https?://|mailto:|tel:|/(?!/)", address):
            link.attrs = {"href": quote(address, safe="%:/?#[]@!$&'*+,;=~")}
        else:
            link.unwrap()


# --- Plain text ----------------------------------------------------------------------------------------


def lines_to_markdown(text: str) -> str:
    """A line is a paragraph, unless it is Markdown already, or goes on as lines of a PDF do."""
    lines = _whole_lines(BULLET.sub("- ", tidy(text)).split("\n"))
    kept: list[str] = []
    for line in lines:
        before = kept[-1] if kept else ""
        is_apart = bool(IS_MARKDOWN.match(line)) and bool(IS_MARKDOWN.match(before))
        kept += ["", line] if line.strip() and before.strip() and not is_apart else [line]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _whole_lines(lines: list[str]) -> list[str]:
    """Put together, where most lines that reach the margin break off in a sentence."""
    margin = max(map(len, lines))
    full = [(line, after) for line, after in pairwise(lines) if len(line) > margin * 0.7 and after.strip()]
    broken = [line for line, after in full if GOES_ON.match(after)]
    if margin < SHORTEST_MARGIN or len(broken) * 2 < len(full) or not broken:
        return lines
    whole = lines[:1]
    for before, line in pairwise(lines):
        is_end = before.rstrip().endswith((".", "!", "?", ":")) and len(before) < margin * 0.9
        is_broken = before.strip() and (len(before) > margin * 0.7 or GOES_ON.match(line))
        if not is_broken or is_end or not line.strip() or IS_MARKDOWN.match(line):
            whole.append(line)
        elif (
            HYPHENATED.search(before)
            and GOES_ON.match(line)
            and not re.match(r"\s*(?:og|eller|samt)\b", line)
        ):
            whole[-1] = whole[-1].rstrip()[:-1] + line.lstrip()
        else:
            whole[-1] = f"{whole[-1].rstrip()} {line.lstrip()}"
    return whole
