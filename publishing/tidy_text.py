"""Text as people paste it, made what they meant: one rule for all that is typed, imported or saved.

Signs that steer a printer or a terminal become spaces – or a new line, where they stand for one – and
signs that nobody sees go: soft hyphens, zero-width spaces, byte order marks, marks of writing direction,
lone halves of signs. Letters with accents are one sign each (NFC), so that what looks alike is alike.

So many marks on one letter that they cover its neighbours go too, all but the first: putting thousands in
order (NFC) takes minutes, during which the process does nothing else.

Joiners stay where they say something: in 👩‍🏫 and between letters of Arabic or Indic scripts, but not
between Latin letters, where they only hide a word from search.
"""

import re
import unicodedata

from django.db.models import CharField, TextField

LINE_END = re.compile("\r\n?|[\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")  # \x0b is Word's soft line break
INDENTED = re.compile("^\t+", re.MULTILINE)
CONTROL = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f]")
UNSEEN = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufdd0-\ufdef\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e00ff\ud800-\udfff]"
)
JOINED = "[\u0590-\u1fff\u2100-\U0001ffff]"  # signs that may need one
JOINER = re.compile(f"(?<!{JOINED})[\u200c\u200d]|[\u200c\u200d](?!{JOINED})")
MOST_MARKS = 8  # on one letter; no living language asks for as many
PILE = re.compile(rf"[^\w\s\0-\x7f]{{{MOST_MARKS + 1},}}")  # marks are no letters to `re`


def tidy(text: str, *, lines: bool = True) -> str:
    """The text as it is kept: with its lines where there may be several, else on one."""
    if text.isascii() and text.isprintable():
        return text
    text = LINE_END.sub("\n" if lines else " ", text)
    if lines:
        text = INDENTED.sub(lambda tabs: "    " * len(tabs[0]), text)  # a list inside a list, in Markdown
    text = JOINER.sub("", UNSEEN.sub("", CONTROL.sub(" ", text)))
    text = PILE.sub(_thinned, text)
    return PILE.sub(_thinned, unicodedata.normalize("NFC", text))  # a few marks are two of them


def _thinned(pile: re.Match) -> str:
    kept, marks = [], 0
    for sign in pile[0]:
        marks = marks + 1 if unicodedata.category(sign)[0] == "M" else 0
        if marks <= MOST_MARKS:
            kept.append(sign)
    return "".join(kept)


def tidy_row(sender, instance, raw=False, **kwargs):
    """Before a row of ours is saved, whoever saves it: pages, the admin, imports, commands."""
    if raw:
        return
    for field in sender._meta.concrete_fields:
        value = instance.__dict__.get(field.attname)
        if isinstance(value, str) and isinstance(field, CharField | TextField):
            setattr(instance, field.attname, tidy(value, lines=isinstance(field, TextField)))
