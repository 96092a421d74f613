"""Two versions of a guide side by side, line by line."""

import re
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from itertools import zip_longest

from django.utils.text import capfirst

from publishing.admin.comparison import Line, Section, told
from publishing.translated import lacking_english
from reflection import compass_files
from reflection.admin.texts import LANGUAGES, name_of
from reflection.models import GuideVersion, HelpVariant, Prompt, Step

# What is shown of each; a topic and whom a help is for tell the rows apart and are not changed.
OF_THE_STEP = ["position", *(name for name in compass_files.OF_THE_STEP if name != "topic")]
OF_THE_PROMPT = ["position", *compass_files.OF_THE_PROMPT]
OF_THE_END_LINE = ["position", *compass_files.OF_THE_END_LINE]
OF_THE_VARIANT = [name for name in compass_files.OF_THE_VARIANT if name != "concerns"]


def compare(old: GuideVersion | None, new: GuideVersion) -> list[Section]:
    """The version itself, then each step; a guide's first version has nothing to stand beside."""
    steps = _pairs(_all(old, "steps"), _all(new, "steps"), key=lambda step: step.title)
    return [
        Section("Om udgaven", list(_fields(old, new, compass_files.OF_THE_VERSION))),
        *own_texts(old, new),
        *end_lines(old, new),
        *(Section(str(after or before), list(_step(before, after))) for before, after in steps),
    ]


def own_texts(old: GuideVersion | None, new: GuideVersion) -> list[Section]:
    """What only this compass says; nothing where it says nothing of its own."""
    before, after = old.texts if old else {}, new.texts
    lines = [
        Line(
            name_of(key, new.compass, language),
            *(texts.get(key, {}).get(language, "") for texts in [before, after]),
        )
        for key in dict.fromkeys([*before, *after])
        for language in LANGUAGES
    ]
    return [Section("Kompassets egne tekster", lines)] if lines else []


def end_lines(old: GuideVersion | None, new: GuideVersion) -> list[Section]:
    """What one chooses between at the end, or the lines of the plan."""
    pairs = _pairs(_all(old, "end_lines"), _all(new, "end_lines"), key=lambda line: line.text)
    lines = [
        line
        for before, after in pairs
        for line in _fields(before, after, OF_THE_END_LINE, prefix=f"Linje {(after or before).position}, ")
    ]
    return [Section("Slutningen", lines)] if lines else []


def _step(old: Step | None, new: Step | None) -> Iterator[Line]:
    yield from _fields(old, new, OF_THE_STEP)
    yield from _parts(old, new, "prompts", lambda prompt: (prompt.kind, prompt.text), OF_THE_PROMPT)
    yield from _parts(old, new, "variants", lambda variant: variant.concerns, OF_THE_VARIANT)
    for name, label in [("dilemmas", "Dilemmaer"), ("stories", "Historier")]:
        yield Line(label, _titles(old, name), _titles(new, name))


def _parts(old, new, name: str, key: Callable, fields: list[str]) -> Iterator[Line]:
    for before, after in _pairs(_all(old, name), _all(new, name), key):
        yield from _fields(before, after, fields, prefix=_name(after or before))


def _name(part: Prompt | HelpVariant) -> str:
    if isinstance(part, Prompt):
        return f"Spørgsmål {part.position}, "
    return f"Særlig hjælp ({part.concerns}), "


def _pairs(old: list, new: list, key: Callable) -> Iterator[tuple]:
    """What corresponds to what: equal keys in the same order, the rest by its place between them."""
    matcher = SequenceMatcher(None, [key(x) for x in old], [key(x) for x in new], autojunk=False)
    for _, i, i_end, j, j_end in matcher.get_opcodes():
        yield from zip_longest(old[i:i_end], new[j:j_end])


def _fields(old, new, names: list[str], prefix: str = "") -> Iterator[Line]:
    for name in names:
        label = capfirst(f"{prefix}{(new or old)._meta.get_field(name).verbose_name}")
        yield Line(label, _text(old, name), _text(new, name))


def _text(item, name: str) -> str:
    return told(item._meta.get_field(name), getattr(item, name)) if item else ""


def _all(item, name: str) -> list:
    return list(getattr(item, name).all()) if item else []


def _titles(step: Step | None, name: str) -> str:
    return ", ".join(f"{item.key} {item.title}" for item in _all(step, name))


# --- What to look at before it is published ------------------------------------------------------------

NUMBERS = ["nul", "et", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve", "tolv"]


def warnings(old: GuideVersion | None, new: GuideVersion) -> list[str]:
    """What an editor who has changed some of it forgets, in sentences."""
    return [*_without_english(new), *_old_provenance(old, new), *_old_numbers(old, new)]


def _without_english(version: GuideVersion) -> Iterator[str]:
    for step in _all(version, "steps"):
        parts = [("", step)]
        parts += [(_name(part), part) for part in [*_all(step, "prompts"), *_all(step, "variants")]]
        lacks = [name for start, part in parts for name in _lacks(start, part)]
        if lacks:
            yield f"{step} mangler på engelsk: {', '.join(lacks)}."


def _lacks(start: str, part) -> list[str]:
    return [f"{start}{part._meta.get_field(name).verbose_name}" for name in lacking_english(part)]


def _old_provenance(old: GuideVersion | None, new: GuideVersion) -> Iterator[str]:
    is_changed = old and any(section.changes for section in compare(old, new)[1:])
    if is_changed and new.provenance_note and new.provenance_note == old.provenance_note:
        note = new.provenance_note
        yield f"Trinnene er ændret, og noten om ophav er den samme: «{note}» Passer den stadig?"


def _old_numbers(old: GuideVersion | None, new: GuideVersion) -> Iterator[str]:
    before, after = len(_all(old, "steps")), len(_all(new, "steps"))
    if not before or before == after:
        return
    words = {str(before), NUMBERS[before]} if before < len(NUMBERS) else {str(before)}
    for name in ["intro", "provenance_note"]:
        if found := words & set(re.findall(r"\w+", getattr(new, name).lower())):
            label = new._meta.get_field(name).verbose_name
            yield f"Der er nu {after} trin, og feltet «{label}» siger {found.pop()}."
