"""A compass as one file, to share with another municipality: docs/compass-files.md says what stands in it.

What is read is trusted in nothing: each row is cleaned as a form's would be, what nobody knows is refused,
and Markdown is shown through the same sieve as everybody's. A file becomes a draft, and publishes nothing.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.text import capfirst

from publishing.tidy_text import tidy
from reflection.models import EndLine, Guide, GuideVersion, HelpVariant, Prompt, Step

FORMAT, VERSION = "kompas", 1
LARGEST = 1_000_000  # bytes: thirty times the largest compass there is
LONGEST_TEXT = 20_000
MOST = {"steps": 40, "prompts": 30, "end_lines": 20, "variants": 10}
OF_THE_GUIDE = ["slug", "title", "title_en", "standfirst", "standfirst_en"]
OF_THE_VERSION = [
    "for_whom", "for_whom_en", "for_one", "together", "guesses", "ending", "intro", "intro_en",
    "minutes_solo", "minutes_group", "provenance", "provenance_note", "provenance_note_en",
]  # fmt: skip
OF_THE_STEP = [
    "topic", "title", "title_en", "purpose", "purpose_en", "help", "help_en", "good", "good_en",
]  # fmt: skip
OF_THE_PROMPT = [
    "kind", "text", "text_en", "low", "low_en", "second", "second_en", "third", "third_en", "fourth",
    "fourth_en", "high", "high_en",
]  # fmt: skip
OF_THE_END_LINE = ["text", "text_en", "hint", "hint_en"]
OF_THE_VARIANT = ["concerns", "help", "help_en"]


TAKEN = "Der er allerede et kompas med den adresse. Skriv en anden adresse til det nye."


# --- Out ---------------------------------------------------------------------------------------------


def to_file(version: GuideVersion) -> dict:
    """All that a compass asks and says. What is to be read beside a step is the municipality's own."""
    return {
        "format": FORMAT,
        "version": VERSION,
        **_fields(version.guide, OF_THE_GUIDE),
        **_fields(version, OF_THE_VERSION),
        "texts": version.texts,
        "end_lines": [_fields(line, OF_THE_END_LINE) for line in version.end_lines.all()],
        "steps": [
            _fields(step, OF_THE_STEP)
            | {
                "prompts": [_fields(prompt, OF_THE_PROMPT) for prompt in step.prompts.all()],
                "variants": [_fields(variant, OF_THE_VARIANT) for variant in step.variants.all()],
            }
            for step in version.steps.prefetch_related("prompts", "variants")
        ],
    }


def _fields(row: models.Model, names: list[str]) -> dict:
    """What says nothing is left out."""
    return {name: getattr(row, name) for name in names if getattr(row, name) != ""}


# --- In ----------------------------------------------------------------------------------------------


def read(raw: bytes) -> dict:
    """What stands in a file, or ValidationError in words."""
    if len(raw) > LARGEST:
        raise ValidationError("Filen er for stor. Et kompas fylder højst 1 MB.")
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        raise ValidationError(
            "Filen er ikke et kompas: Den er ikke JSON. Hent den igen, og prøv en gang til."
        ) from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ValidationError("Filen er ikke et kompas. Den skal være hentet fra en portal som denne.")
    if found.get("version") != VERSION:
        raise ValidationError(
            f"Filen er skrevet i en anden udgave af formatet end den, portalen kan læse ({VERSION})."
        )
    return found


@transaction.atomic
def from_file(found: dict, *, slug: str = "") -> GuideVersion:
    """The first draft of a new compass; ValidationError with all that is wrong, place by place."""
    problems: list[str] = []
    known = {"format", "version", *OF_THE_GUIDE, *OF_THE_VERSION, "texts", "end_lines", "steps"}
    problems += _unknown("", found, known)
    guide = _row(Guide, found | ({"slug": slug} if slug else {}), OF_THE_GUIDE, "", problems)
    texts = _texts(found.get("texts", {}), problems)
    version = _row(
        GuideVersion, found, OF_THE_VERSION, "", problems, guide=guide, number=1, texts=texts, skip=["guide"]
    )
    rows: list[models.Model] = [guide, version]
    rows += _rows(
        EndLine, found, "end_lines", OF_THE_END_LINE, "Slutningens linje", problems, version=version
    )
    for step, where, entry in _steps(found, version, problems):
        rows.append(step)
        rows += _rows(Prompt, entry, "prompts", OF_THE_PROMPT, f"{where}, spørgsmål", problems, step=step)
        rows += _rows(
            HelpVariant, entry, "variants", OF_THE_VARIANT, f"{where}, særlig hjælp", problems, step=step
        )
    if problems:
        raise ValidationError(problems)
    for row in rows:
        row.save()
    return version


def _steps(found: dict, version: GuideVersion, problems: list[str]) -> Iterator[tuple[Step, str, dict]]:
    for number, entry in enumerate(_list(found, "steps", "", problems), start=1):
        where = f"Trin {number}"
        problems += _unknown(where, entry, {*OF_THE_STEP, "prompts", "variants"})
        concerned = [variant.get("concerns") for variant in _list(entry, "variants", where, [])]
        if len({*map(str, concerned)}) < len(concerned):
            problems.append(_at(where, "Der er to særlige hjælpetekster til de samme."))
        fields = {"version": version, "position": number}
        yield _row(Step, entry, OF_THE_STEP, where, problems, skip=["version"], **fields), where, entry


def _rows(
    model, found: dict, name: str, fields: list[str], where: str, problems: list[str], **parent
) -> list[models.Model]:
    made = []
    for number, entry in enumerate(_list(found, name, where, problems), start=1):
        here = f"{where} {number}"
        problems += _unknown(here, entry, set(fields))
        numbered = {"position": number} if model is not HelpVariant else {}
        made.append(_row(model, entry, fields, here, problems, skip=list(parent), **parent, **numbered))
    return made


def _list(found: dict, name: str, where: str, problems: list[str]) -> list[dict]:
    entries = found.get(name, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        problems.append(_at(where, f"«{name}» skal være en liste."))
        return []
    if len(entries) > MOST[name]:
        problems.append(_at(where, f"Der er flere end {MOST[name]} i «{name}»."))
    return entries[: MOST[name]]


def _row(
    model, found: dict, names: list[str], where: str, problems: list[str], *, skip: Iterable[str] = (), **more
):
    """A row that is not saved yet, of what the file says; what is wrong with it goes to `problems`."""
    given = {name: found[name] for name in names if name in found}
    for name in [name for name, value in given.items() if not _fits(model._meta.get_field(name), value)]:
        problems.append(_at(where, f"{capfirst(_name(model, name))} har en forkert slags værdi."))
        del given[name]
    row = model(**given, **more)
    try:
        row.clean_fields(exclude=list(skip))
        if model is Guide and Guide.objects.filter(slug=row.slug).exists():
            raise ValidationError({"slug": TAKEN})
        if model is GuideVersion:
            row.validate_constraints(exclude=["guide"])
    except ValidationError as error:
        problems += [
            _at(where, f"{capfirst(_name(model, name))}: {message}" if name != "__all__" else message)
            for name, messages in error.message_dict.items()
            for message in messages
        ]
    return row


def _fits(field, value) -> bool:
    kind: type = {models.BooleanField: bool, models.PositiveSmallIntegerField: int}.get(type(field), str)
    return type(value) is kind and (kind is not str or len(value) <= LONGEST_TEXT)


def _texts(found: Any, problems: list[str]) -> dict:
    """The compass' own words, by key and language."""
    is_right = (
        isinstance(found, dict)
        and len(found) <= 60
        and all(
            isinstance(both, dict)
            and set(both) <= {"da", "en"}
            and all(isinstance(text, str) and len(text) <= LONGEST_TEXT for text in both.values())
            for both in found.values()
        )
    )
    if not is_right:
        problems.append("Kompassets egne tekster (texts) har ikke den form, de skal have.")
        return {}
    return {
        tidy(key, lines=False): {name: tidy(text) for name, text in both.items()}
        for key, both in found.items()
    }


def _unknown(where: str, found: dict, known: set[str]) -> list[str]:
    names = [tidy(name[:40], lines=False) for name in found if name not in known]
    return [_at(where, f"Portalen kender ikke feltet «{name}».") for name in names]


def _name(model, name: str) -> str:
    return str(model._meta.get_field(name).verbose_name)


def _at(where: str, message: str) -> str:
    return f"{where}: {message}" if where else message
