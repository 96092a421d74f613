"""Two texts side by side, line by line and word by word."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from difflib import SequenceMatcher
from typing import NamedTuple

from django.db import models
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from publishing.admin.snapshots import Snapshot, Values, fields_of, parts_of

PIECE = re.compile(r"\w+|\s+|[^\w\s]")
# Beyond either the comparison takes seconds, or minutes; whole texts are then marked.
MOST_PIECES = 4_000
LONG_LINE = 600  # letters of both texts, beyond which a list shows the difference when asked
MOST_PAIRS = 100_000  # of equal pieces, one in each text: «......» has as many as its length squared


class Line(NamedTuple):
    label: str
    old: str
    new: str

    @property
    def change(self) -> str:
        """In a word what happened, or empty where nothing did."""
        if self.old == self.new:
            return ""
        if not self.old:
            return "Ny"
        return "Ændret" if self.new else "Fjernet"

    @property
    def is_long(self) -> bool:
        return len(self.old) + len(self.new) > LONG_LINE

    @property
    def words(self) -> SafeString:
        """One text with what went and what came; said in words too, for those who do not see the marks."""
        return marked_words(self.old, self.new)


class Section(NamedTuple):
    title: str
    lines: list[Line]

    @property
    def changes(self) -> list[Line]:
        return [line for line in self.lines if line.change]


def marked_words(old: str, new: str) -> SafeString:
    before, after = PIECE.findall(old), PIECE.findall(new)
    if len(before) + len(after) > MOST_PIECES or _pairs_of_equals(before, after) > MOST_PAIRS:
        before, after = [old], [new]
    matcher = SequenceMatcher(str.isspace, before, after, autojunk=False)
    parts: list[SafeString | str] = []
    for what, i, i_end, j, j_end in matcher.get_opcodes():
        gone, come = "".join(before[i:i_end]), "".join(after[j:j_end])
        marked = [_marked("del", "fjernet", gone), _marked("ins", "tilføjet", come)]
        parts += [come] if what == "equal" else marked
    return format_html_join("", "{}", ((part,) for part in parts))


def _pairs_of_equals(old: list[str], new: list[str]) -> int:
    seen = Counter(new)
    return sum(number * seen[piece] for piece, number in Counter(old).items() if not piece.isspace())


def _marked(tag: str, what: str, words: str) -> SafeString | str:
    hidden = '<span class="visually-hidden">{}</span>'
    start, end = format_html(hidden, f"[{what}: "), format_html(hidden, "]")
    return format_html("<{0}>{1}{2}{3}</{0}>", tag, start, words, end) if words else ""


def compare(model: type[models.Model], old: Snapshot, new: Snapshot) -> list[Section]:
    """The item itself, then each of its rows; the same row is known by its key, wherever it stands."""
    sections = []
    for part, key in {model: None, **{key.model: key for key in parts_of(model).values()}}.items():
        before, after = (snapshot.get(part._meta.label_lower, {}) for snapshot in (old, new))
        for pk in sorted(before.keys() | after.keys(), key=int):
            row = after.get(pk) or before[pk]
            name = str(row.get("title") or row.get("label") or pk)
            title = capfirst(str(part._meta.verbose_name)) + (f": {name}" if key else "")
            fields = [field for field in fields_of(part) if field != key]
            sections.append(Section(title, [_line(field, before.get(pk), after.get(pk)) for field in fields]))
    return sections


def changed(sections: Iterable[Section]) -> list[Section]:
    return [section for section in sections if section.changes]


def _line(field: models.Field, *rows: Values | None) -> Line:
    old, new = (told(field, row.get(field.attname)) if row else "" for row in rows)
    return Line(capfirst(field.verbose_name), old, new)


def told(field: models.Field, value) -> str:
    """A value as an editor reads it: the label of a choice, the names of what is pointed to."""
    if value is None or value == "":
        return ""
    if field.many_to_many:
        return ", ".join(str(item) for item in field.related_model._default_manager.filter(pk__in=value))
    if field.is_relation:
        return str(field.related_model._default_manager.filter(pk=value).first() or "noget, der er slettet")
    if field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    value = field.to_python(value)
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return date_format(value, "DATETIME_FORMAT") if isinstance(value, datetime) else str(value)
