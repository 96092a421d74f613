"""Sixty real searches against the portal's first content: tests/compass/searches.yaml."""

from pathlib import Path

import yaml
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import translation

from compass.models import Dilemma, Story
from compass.search import find, kinds

TABLE = Path(__file__).with_name("searches.yaml")
AT_LEAST = 57


def test_people_find_first_what_they_look_for(content):
    searches = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    wrong = list(filter(None, map(_wrong, searches)))
    print(f"{len(searches) - len(wrong)} of {len(searches)} are right", *wrong, sep="\n")  # noqa: T201
    assert len(searches) == 60
    assert len(searches) - len(wrong) >= AT_LEAST, "\n".join(wrong)


def _wrong(search) -> str:
    """Empty, or what was found instead of the expected."""
    expected = search["first"] if isinstance(search["first"], list) else [search["first"]]
    with translation.override(search.get("language", "da")):
        groups = find(search["text"], AnonymousUser()).groups
        addresses = [_address(name) for name in expected]
    first = groups[0].hits[0] if groups else None
    if first and first.address in addresses:
        return ""
    return f"{search['text']}: {first.address if first else 'nothing'}, not {' or '.join(addresses)}"


def _address(name: str) -> str:
    kind, key = name.split("/")
    if kind in {"story", "dilemma"}:
        model = {"story": Story, "dilemma": Dilemma}[kind]
        return model.objects.get(key=key).get_absolute_url()
    if kind in {"guide", "page"}:
        return reverse("compass:page", args=[key])
    return kinds()[kind].address(key)
