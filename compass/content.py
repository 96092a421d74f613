"""The portal's first content, read out of YAML files (docs/content.md describes the fields): what fits any
municipality (content/common/), with its names put in, and a municipality's own set beside it.

Each entry is made once: `LoadedContent` says what has come already. What editors have renamed or deleted
since stays so, and what they had before under the same name stays theirs.
"""

import re
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path as Folder
from typing import NamedTuple

import yaml
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.management import CommandError
from django.db.models import Field, Max, Model
from django.utils import timezone
from django.utils.text import capfirst

from compass.models import (
    Contact,
    Department,
    Dilemma,
    Fact,
    LoadedContent,
    Milestone,
    Page,
    Path,
    Pivot,
    Recording,
    ResearchQuestion,
    ResearchWave,
    Resource,
    Source,
    Story,
    Theme,
)
from publishing.models import Portal

COMMON, PORTAL = "common", "portal.yaml"
WORD = re.compile(r"\{(\w+)\}")  # {municipality}: as portal.yaml of the set says


def read(path: Folder):
    return _trimmed(yaml.safe_load(path.read_text(encoding="utf-8")))


def _trimmed(content):
    """Texts without the line end that YAML leaves: the admin's forms would find each of them changed."""
    if isinstance(content, dict):
        return {name: _trimmed(value) for name, value in content.items()}
    if isinstance(content, list):
        return [_trimmed(value) for value in content]
    return content.strip() if isinstance(content, str) else content


class OtherSetError(CommandError):
    """Two municipalities' texts in one portal would mix."""


class PortalFileError(CommandError):
    """What the admin would refuse, in words for whoever wrote the file."""


def load(folder: Folder) -> dict[str, int]:
    """Make what is new; returns how many rows were made, by the model's Danish plural."""
    others = [other.name for other in folder.parent.iterdir() if other.name != folder.name]
    if begun := LoadedContent.objects.filter(file=PORTAL, key__in=others).first():
        text = f"This portal began with «{begun.key}»: CONTENT_SET={folder.name} needs a database of its own."
        raise OtherSetError(text)
    made = {}
    for kind in KINDS:
        made[str(kind.model._meta.verbose_name_plural)] = load_items(kind, items_of(kind, folder))
    return made


def items_of(kind: "Kind", folder: Folder) -> list[dict]:
    """The entries of a set: those that all have, and its own. Of two with the same name its own is taken."""
    name, _, part = kind.file.partition("/")
    words = next(iter(read_items(folder / PORTAL)), {})
    common = [filled(item, words) for item in read_items(folder.parent / COMMON / name, part=part)]
    own = read_items(folder / name, part=part)
    if name == PORTAL:
        return [item | {"set": folder.name} for item in own]
    names = {str(item[kind.by]) for item in own}
    return [item for item in common if str(item[kind.by]) not in names] + own


def read_items(path: Folder, *, part: str = "") -> list[dict]:
    """Nothing where there is no such file: not every municipality has recordings."""
    if path.is_dir():
        return [read(file) for file in sorted(path.glob("*.yaml"))]
    if not path.exists():
        return []
    found = read(path)
    if part:
        return found[part]
    return [found] if isinstance(found, dict) else found


def filled(content, words: dict, name: str = ""):
    """A text for any municipality with one's names in it, English ones in English."""
    if isinstance(content, dict):
        return {key: filled(value, words, key) for key, value in content.items()}
    if isinstance(content, list):
        return [filled(value, words, name) for value in content]
    if not isinstance(content, str):
        return content
    ending = "_en" if name.endswith("_en") else ""

    def word(found: re.Match) -> str:
        text = str(words.get(f"{found[1]}{ending}") or words.get(found[1], found[0]))
        return capfirst(text) if content[found.start() - 1 : found.start()] in {"", "\n"} else text

    return WORD.sub(word, content)


class Kind(NamedTuple):
    """Entries of one kind: where they stand, what each is named by, and what makes a row of one."""

    model: type[Model]
    file: str  # after a slash the part of the file
    by: str
    make: Callable[[int, dict], Model | None]


def load_items(kind: Kind, items: list[dict]) -> int:
    loaded = set(LoadedContent.objects.filter(file=kind.file).values_list("key", flat=True))
    new = [(n, item) for n, item in enumerate(items, start=1) if str(item[kind.by]) not in loaded]
    return sum(_load(kind, position, dict(item)) for position, item in new)


def _load(kind: Kind, position: int, item: dict) -> bool:
    name, theirs = item[kind.by], None if kind.by == "key" else _same(kind, item)
    row = theirs or kind.make(position, item)
    _note(kind, name, row)
    return row is not theirs


def _same(kind: Kind, item: dict) -> Model | None:
    has_field = any(field.name == kind.by for field in kind.model._meta.fields)
    return kind.model._default_manager.filter(**{kind.by: item[kind.by]}).first() if has_field else None


def _note(kind: Kind, name: object, row: Model | None) -> None:
    LoadedContent.objects.create(file=kind.file, key=str(name), object_id=row.pk if row else None)


def _make(model: type[Model], item: dict, **parts: list) -> Model:
    """Make the row with its many-to-many `parts`; what editors have taken of its names stays theirs."""
    unique = [field for field in model._meta.fields if field.unique and field.name in item]
    row = model._default_manager.create(
        **item | {field.name: _free(field, item[field.name]) for field in unique}
    )
    for name, related in parts.items():
        getattr(row, name).set(related)
    return row


def _free(field: Field, wanted: str | int) -> str | int:
    rows = field.model._default_manager
    if isinstance(wanted, int):
        is_taken = rows.filter(**{field.name: wanted}).exists()
        return rows.aggregate(last=Max(field.name))["last"] + 1 if is_taken else wanted
    return next(name for name in _names_like(wanted) if not rows.filter(**{field.name: name}).exists())


def _names_like(wanted: str) -> Iterator[str]:
    yield wanted
    yield from (f"{wanted}-{number}" for number in count(2))


def _published(item: dict) -> dict:
    return {**item, "published_at": timezone.now()}


def _sources(item: dict) -> list[Model]:
    return LoadedContent.objects.rows(Source, "sources.yaml", item.pop("sources"))


def _path(item: dict) -> Path | None:
    """The path it belongs to, whatever its name is now; None when editors have deleted it."""
    return next(iter(LoadedContent.objects.rows(Path, "paths.yaml", [item["path"]])), None)


def _department(slug: str) -> Department | None:
    keys = [slug] if slug else []
    return next(iter(LoadedContent.objects.rows(Department, "departments.yaml", keys)), None)


def make_portal(position: int, item: dict) -> Portal:
    """What the environment says of it stands in for what is no text: docs/operations.md."""
    given = {name: value for name, value in settings.PORTAL_BEGINS_WITH.items() if value}
    name = item.pop("set")
    if begun := Portal.objects.first():
        return begun
    portal = Portal(**item | given)
    try:
        portal.full_clean()
    except ValidationError as error:
        lines = [f"  {field}: {' '.join(texts)}" for field, texts in error.message_dict.items()]
        raise PortalFileError("\n".join([f"content/{name}/{PORTAL} cannot be used yet:", *lines])) from error
    portal.save()
    return portal


def make_pivot(position: int, item: dict) -> Pivot:
    points = item.pop("points")
    pivot = _make(Pivot, _published({**item, "position": position}))
    for number, point in enumerate(points, start=1):
        pivot.points.create(position=number, **point)
    return pivot


def make_path(position: int, item: dict) -> Path:
    return _make(Path, _published({**item, "position": position}))


def make_dilemma(position: int, item: dict) -> Dilemma | None:
    standpoints, sources, path = item.pop("standpoints"), _sources(item), _path(item)
    if path is None:
        return None
    dilemma = _make(Dilemma, _published({**item, "path": path}), sources=sources)
    for number, standpoint in enumerate(standpoints, start=1):
        dilemma.standpoints.create(position=number, **standpoint)
    return dilemma


def make_story(position: int, item: dict) -> Story | None:
    rows = LoadedContent.objects.rows
    related = {
        "themes": rows(Theme, "themes.yaml", item.pop("themes")),
        "dilemmas": rows(Dilemma, "dilemmas.yaml", item.pop("dilemmas")),
        "sources": _sources(item),
    }
    path, department = _path(item), _department(item["department"])
    if path is None:
        return None
    return _make(Story, _published({**item, "path": path, "department": department}), **related)


def make_milestone(position: int, item: dict) -> Milestone:
    resources = LoadedContent.objects.rows(Resource, "resources.yaml", item.pop("resources", []))
    return _make(Milestone, item, sources=_sources(item), resources=resources)


def make_fact(position: int, item: dict) -> Fact:
    return _make(Fact, item, sources=_sources(item))


def make_contact(position: int, item: dict) -> Contact | None:
    department = _department(item["department"])
    return _make(Contact, {**item, "department": department}) if department else None


def make_recording(position: int, item: dict) -> Recording:
    chapters = item.pop("chapters")
    recording = _make(Recording, _published(item))
    for number, chapter in enumerate(chapters, start=1):
        audio = stored_sound(chapter.pop("audio"))
        recording.chapters.create(position=number, audio=audio, **chapter)
    return recording


def stored_sound(filename: str) -> str:
    """The name of a file of content/audio among the uploaded ones; it is put there unless it is."""
    name = f"lyd/{filename}"
    if not default_storage.exists(name):
        with (settings.CONTENT_DIR / "audio" / filename).open("rb") as sound:
            name = default_storage.save(name, sound)
    return name


def make_question(position: int, item: dict) -> ResearchQuestion:
    del item["key"]
    return _make(ResearchQuestion, {**item, "position": position})


def plain(model: type[Model]) -> Callable:
    return lambda position, item: _make(model, item)


def published(model: type[Model]) -> Callable:
    return lambda position, item: _make(model, _published(item))


KINDS = [
    Kind(Portal, PORTAL, "set", make_portal),
    Kind(Source, "sources.yaml", "key", plain(Source)),
    Kind(Department, "departments.yaml", "slug", plain(Department)),
    Kind(Theme, "themes.yaml", "slug", plain(Theme)),
    Kind(Pivot, "pivots.yaml", "slug", make_pivot),
    Kind(Path, "paths.yaml", "slug", make_path),
    Kind(Dilemma, "dilemmas.yaml", "key", make_dilemma),
    Kind(Story, "stories", "key", make_story),
    Kind(Resource, "resources.yaml", "key", plain(Resource)),
    Kind(Milestone, "timeline.yaml", "key", make_milestone),
    Kind(Fact, "facts.yaml", "key", make_fact),
    Kind(Contact, "contacts.yaml", "email", make_contact),
    Kind(Page, "pages.yaml", "slug", published(Page)),
    Kind(Recording, "recordings.yaml", "slug", make_recording),
    Kind(ResearchQuestion, "research.yaml/questions", "key", make_question),
    Kind(ResearchWave, "research.yaml/waves", "year", published(ResearchWave)),
]
