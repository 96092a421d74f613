"""LIX: how hard a Danish text is to read (Björnsson 1968).

Words per sentence, plus the share of words with more than six letters. A heading, a list item and a
table cell end a sentence as a full stop does. The number guides an editor; it judges no text.
"""

import re
from html import unescape

from django.utils.html import strip_tags

from publishing.markdown import to_html

BLOCK_END = re.compile(r"</(?:p|li|h\d|td|th|pre)>|<br>")
# What leads to a note and back again is no word of the text.
NOTE_NUMBER = re.compile(r'<sup>.*?</sup>|<a [^>]*role="doc-backlink".*?</a>')
SENTENCE_END = re.compile(r"[.:!?…][»”\")]*(?=\s|$)")
WORD = re.compile(r"[^\W_]+(?:[-’'.,][^\W_]+)*")
LONG = 6
LEVELS = [(25, "meget let"), (35, "let"), (45, "middel"), (55, "svær")]
HARDEST = "meget svær"
AIM = 45


def lix(text: str) -> int | None:
    """The LIX of a Markdown text, or None when it has no words."""
    sentences = [found for part in sentences_of(text) if (found := WORD.findall(part))]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return None
    long_words = sum(len(word) > LONG for word in words)
    return round(len(words) / len(sentences) + 100 * long_words / len(words))


def sentences_of(text: str) -> list[str]:
    blocks = BLOCK_END.split(NOTE_NUMBER.sub("", to_html(text)))
    return [part for block in blocks for part in SENTENCE_END.split(unescape(strip_tags(block)))]


def level(value: int) -> str:
    return next((name for limit, name in LEVELS if value < limit), HARDEST)


def described(text: str) -> str:
    """«32 (let)», for lists and forms."""
    value = lix(text)
    return "" if value is None else f"{value} ({level(value)})"
