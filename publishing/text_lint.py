"""What an editor should look at again in a Markdown text: one sentence for each thing, that says what to do.

Only what the law demands is `must`; everything else is advice. Pure functions: `is_good_link` is given by
whoever knows the portal's addresses.
"""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

from django.core.exceptions import ValidationError
from markdown_it.token import Token

from publishing.markdown import PICTURES, parser
from publishing.readability import AIM, WORD, level, lix, sentences_of

MOST_WORDS = 25
SHOWN_OF_EACH = 5
START = 25
HIGHEST_FIRST = 99  # a list that begins later begins with a year
OTHER_BULLETS = re.compile(r"\s*[•·▪◦]\s")
JOINED = re.compile(r"[.!?:]\n")  # a line that ends a sentence, and another right below
BARE = re.compile(r"(?:https?://|www\.)\S+")
SAYS_NOTHING = {
    "her", "klik her", "se her", "læs her", "læs mere", "læs mere her", "se mere", "mere", "link",
    "dette link", "linket", "siden", "here", "click here", "read more", "more", "this link",
}  # fmt: skip

NO_WORDS = (
    "Et billede mangler en tekst om, hvad det viser. "
    "Skriv den mellem de skarpe parenteser: ![det, billedet viser](adressen)."
)


class Finding(NamedTuple):
    sentence: str
    must: bool = False


class Link(NamedTuple):
    text: str
    address: str


def findings(text: str, *, is_good_link: Callable[[str], bool], with_lix: bool = True) -> list[Finding]:
    """Everything there is to say about the text; what must be mended comes first. LIX is for Danish."""
    tokens = parser.parse(text)
    checks = [
        _pictures(tokens),
        _headings(tokens),
        _misread(text, tokens),
        _links(tokens, is_good_link),
        _bare_addresses(tokens),
        _long_sentences(text),
        _readability(text) if with_lix else [],
    ]
    return [finding for check in checks for finding in _few(list(check))]


def _few(found: list[Finding]) -> list[Finding]:
    if len(found) <= SHOWN_OF_EACH:
        return found
    rest = Finding(f"Det samme gælder {len(found) - SHOWN_OF_EACH} steder mere.")
    return [*found[:SHOWN_OF_EACH], rest]


def refuse_what_must_be_mended(text: str):
    """A validator for form fields."""
    found = [finding.sentence for finding in _pictures(parser.parse(text)) if finding.must]
    if found:
        raise ValidationError(found[0])


# --- One check each ----------------------------------------------------------------------------------


def _pictures(tokens: list[Token]) -> Iterator[Finding]:
    pictures = [child for token in tokens for child in token.children or [] if child.type == "image"]
    missing = [picture for picture in pictures if not picture.content.strip()]
    yield from (Finding(NO_WORDS, must=True) for _ in missing)
    shown = [picture for picture in pictures if picture.content.strip()]
    if any(not str(picture.attrGet("src")).startswith(PICTURES) for picture in shown):
        yield Finding(
            "Et billede fra et andet sted bliver ikke vist. Læg det op under «Billeder», og vælg det med "
            "knappen «Billede»."
        )


def _headings(tokens: list[Token]) -> Iterator[Finding]:
    before = 1
    for token, content in pairwise(tokens):
        if token.type != "heading_open":
            continue
        yield from _heading(int(token.tag[1]), before, content.content.strip())
        before = max(2, int(token.tag[1]))


def _heading(depth: int, before: int, text: str) -> Iterator[Finding]:
    if not text:
        yield Finding("En mellemrubrik er tom. Skriv, hvad afsnittet handler om, eller slet den.")
    if depth == 1:
        yield Finding(f"Skriv ## foran «{text}». Ét # er sidens egen titel.")
    elif depth > before + 1:
        right = "#" * (before + 1)
        yield Finding(f"Skriv {right} foran «{text}». Niveauet før den er {'#' * before}.")


def _misread(text: str, tokens: list[Token]) -> Iterator[Finding]:
    """What would be another thing on the page than it looks like in the field."""
    lines = text.split("\n")
    for token, item in pairwise(tokens):
        if token.type in {"ordered_list_open", "bullet_list_open"} and token.map and item.map:
            yield from _misread_list(token, lines[item.map[0]].strip()[:START], lines[: token.map[0]])
    for line in filter(OTHER_BULLETS.match, lines):
        start = line.strip()[:START]
        yield Finding(f"«{start} …» bliver ikke et punkt. Skriv - i stedet for tegnet foran.")
    for token in tokens:
        if token.type == "inline" and JOINED.search(token.content):
            start = token.content.split("\n")[0][:START]
            yield Finding(
                f"Linjerne fra «{start} …» bliver ét afsnit. Lad en linje være tom imellem, hvis de er to."
            )


def _misread_list(token: Token, start: str, before: list[str]) -> Iterator[Finding]:
    first = int(token.attrGet("start") or 1)
    if token.type == "ordered_list_open" and first > HIGHEST_FIRST:
        yield Finding(f"«{start} …» bliver punkt {first} på en liste. Er det et årstal, så skriv {first}\\.")
    elif token.type == "bullet_list_open" and not token.level and before and before[-1].strip():
        yield Finding(
            f"«{start} …» bliver et punkt. Er det en liste, så lad en linje være tom før. Ellers skriv –."
        )


def _links(tokens: list[Token], is_good_link: Callable[[str], bool]) -> Iterator[Finding]:
    for link in links(tokens):
        named = link.text.strip().lower().strip(".…>» ")
        if not named:
            yield Finding(f"Linket til {link.address} har ingen tekst. Skriv, hvor det fører hen.")
        elif named in SAYS_NOTHING:
            yield Finding(
                f"Linket «{link.text}» siger ikke, hvor det fører hen. Skriv det, læseren finder dér."
            )
        elif BARE.match(named):
            yield Finding(f"Skriv, hvor linket {link.text} fører hen, i stedet for adressen.")
        if link.address.startswith(("/", "?")) and not is_good_link(link.address):
            yield Finding(f"Linket til {link.address} fører ingen steder hen. Ret adressen.")


def links(tokens: list[Token]) -> Iterator[Link]:
    for token in tokens:
        address, text = None, ""
        for child in token.children or []:
            if child.type == "link_open":
                address, text = str(child.attrGet("href") or ""), ""
            elif child.type == "link_close" and address is not None:
                yield Link(text, address)
                address = None
            elif address is not None:
                text += child.content


def _bare_addresses(tokens: list[Token]) -> Iterator[Finding]:
    """An address that is no link: the reader would have to copy it."""
    for token in tokens:
        depth = 0
        for child in token.children or []:
            depth += child.nesting if child.type.startswith("link_") else 0
            if child.type == "text" and not depth:
                for address in BARE.findall(child.content):
                    yield Finding(f"{address} er ikke et link. Skriv [det, læseren ser]({address}).")


def _long_sentences(text: str) -> Iterator[Finding]:
    for sentence in sentences_of(text):
        number = len(WORD.findall(sentence))
        if number > MOST_WORDS:
            start = " ".join(sentence.split())[:START].rstrip()
            yield Finding(f"Sætningen «{start} …» har {number} ord. Del den i to.")


def _readability(text: str) -> Iterator[Finding]:
    value = lix(text)
    if value and value >= AIM:
        yield Finding(f"Teksten har LIX {value} ({level(value)}). Prøv kortere sætninger og ord.")
