"""The portal's first content, read out of YAML files (docs/content.md describes the fields).

Only what is missing is made: a row that exists may have been edited, and editors come first.
"""

from collections.abc import Callable
from pathlib import Path as Folder

import yaml
from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Model
from django.utils import timezone

from compass.models import (
    Contact,
    Department,
    Dilemma,
    Fact,
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


def read(path: Folder):
    return _trimmed(yaml.safe_load(path.read_text(encoding="utf-8")))


def _trimmed(content):
    """Texts without the line end that YAML leaves: the admin's forms would find each of them changed."""
    if isinstance(content, dict):
        return {name: _trimmed(value) for name, value in content.items()}
    if isinstance(content, list):
        return [_trimmed(value) for value in content]
    return content.strip() if isinstance(content, str) else content


def load(folder: Folder) -> dict[str, int]:
    """Make what is missing; returns how many rows were made, by the model's Danish plural."""
    made = {}
    for model, filename, make in LOADERS:
        items = _items(folder / filename)
        number = sum(make(position, dict(item)) for position, item in enumerate(items, start=1))
        made[str(model._meta.verbose_name_plural)] = number
    return made


def _items(path: Folder) -> list[dict]:
    if path.is_dir():
        return [read(file) for file in sorted(path.glob("*.yaml"))]
    content = read(path)
    return content if isinstance(content, list) else [content]


def _make(model: type[Model], by: str, item: dict, **parts: list) -> bool:
    """Make the row with its many-to-many `parts`, unless one with the same `by` is there."""
    key = {by: item.pop(by)}
    row, is_new = model.objects.get_or_create(**key, defaults=item)
    if is_new:
        for name, related in parts.items():
            getattr(row, name).set(related)
    return is_new


def _published(item: dict) -> dict:
    return {**item, "published_at": timezone.now()}


def _by(model: type[Model], field: str, keys: list[str]) -> list[Model]:
    """The rows in the order of their keys; an unknown key is an error in the content."""
    return [model.objects.get(**{field: key}) for key in keys]


def plain(model: type[Model], by: str) -> Callable:
    return lambda position, item: _make(model, by, item)


def make_pivot(position, item):
    points = item.pop("points")
    is_new = _make(Pivot, "slug", _published({**item, "position": position}))
    if is_new:
        pivot = Pivot.objects.get(slug=item["slug"])
        for number, point in enumerate(points, start=1):
            pivot.points.create(position=number, **point)
    return is_new


def make_path(position, item):
    return _make(Path, "slug", _published({**item, "position": position}))


def make_dilemma(position, item):
    standpoints, sources = item.pop("standpoints"), item.pop("sources")
    item["path"] = Path.objects.get(slug=item["path"])
    is_new = _make(Dilemma, "key", _published(item), sources=_by(Source, "key", sources))
    if is_new:
        dilemma = Dilemma.objects.get(slug=item["slug"])
        for number, standpoint in enumerate(standpoints, start=1):
            dilemma.standpoints.create(position=number, **standpoint)
    return is_new


def make_story(position, item):
    related = {
        "themes": _by(Theme, "slug", item.pop("themes")),
        "sources": _by(Source, "key", item.pop("sources")),
        "dilemmas": _by(Dilemma, "key", item.pop("dilemmas")),
    }
    item["path"] = Path.objects.get(slug=item["path"])
    item["department"] = _department(item["department"])
    return _make(Story, "key", _published(item), **related)


def _department(slug: str) -> Department | None:
    return Department.objects.get(slug=slug) if slug else None


def make_milestone(position, item):
    related = {
        "sources": _by(Source, "key", item.pop("sources")),
        "resources": _by(Resource, "key", item.pop("resources", [])),
    }
    return _make(Milestone, "key", item, **related)


def make_fact(position, item):
    return _make(Fact, "key", item, sources=_by(Source, "key", item.pop("sources")))


def make_contact(position, item):
    item["department"] = _department(item["department"])
    return _make(Contact, "email", item)


def make_page(position, item):
    return _make(Page, "slug", _published(item))


def make_recording(position, item):
    chapters = item.pop("chapters")
    is_new = _make(Recording, "slug", _published(item))
    if is_new:
        recording = Recording.objects.get(slug=item["slug"])
        for number, chapter in enumerate(chapters, start=1):
            audio = _stored_sound(chapter.pop("audio"))
            recording.chapters.create(position=number, audio=audio, **chapter)
    return is_new


def _stored_sound(filename: str) -> str:
    """The name of a file of content/audio among the uploaded ones; it is put there unless it is."""
    name = f"lyd/{filename}"
    if not default_storage.exists(name):
        with (settings.CONTENT_DIR / "audio" / filename).open("rb") as sound:
            name = default_storage.save(name, sound)
    return name


def make_research(position, item):
    """The questions the research asks, and its waves; the intro is the page «viden»."""
    for number, question in enumerate(item["questions"], start=1):
        _make(ResearchQuestion, "position", {"position": number, **question})
    return sum(_make(ResearchWave, "year", _published(wave)) for wave in item["waves"])


LOADERS = [
    (Source, "sources.yaml", plain(Source, "key")),
    (Department, "departments.yaml", plain(Department, "slug")),
    (Theme, "themes.yaml", plain(Theme, "slug")),
    (Pivot, "pivots.yaml", make_pivot),
    (Path, "paths.yaml", make_path),
    (Dilemma, "dilemmas.yaml", make_dilemma),
    (Story, "stories", make_story),
    (Resource, "resources.yaml", plain(Resource, "key")),
    (Milestone, "timeline.yaml", make_milestone),
    (Fact, "facts.yaml", make_fact),
    (Contact, "contacts.yaml", make_contact),
    (Page, "pages.yaml", make_page),
    (Recording, "recordings.yaml", make_recording),
    (ResearchWave, "research.yaml", make_research),
]
