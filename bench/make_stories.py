"""Fill up to a number of stories for `make bench`: python -m bench.make_stories 100000"""

import os
import random
import sys

import django
from django.utils import timezone

from bench.words import drawing, vocabulary

BATCH = 2_000


def make(number: int):
    from django.db import connection

    from compass.models import Department, Path, Story, Theme

    chance = random.Random(number)
    draw = drawing(real_vocabulary(), chance)
    paths, themes, departments = (
        list(Path.objects.all()),
        list(Theme.objects.all()),
        list(Department.objects.all()),
    )
    start = Story.objects.count()
    for first in range(start, number, BATCH):
        made = Story.objects.bulk_create(
            _story(Story, index, chance, draw, paths, departments)
            for index in range(first, min(first + BATCH, number))
        )
        through = Story.themes.through
        through.objects.bulk_create(
            through(story_id=story.pk, theme_id=chance.choice(themes).pk) for story in made
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # else PostgreSQL does it while we measure


def real_vocabulary() -> list[str]:
    """The words by rank, from the stories that are not made."""
    from compass.models import Story

    real = Story.objects.filter(key__startswith="S").order_by("key")
    return vocabulary(list(real.values_list("body", flat=True)))


def _story(model, index, chance, draw, paths, departments):
    return model(
        key=f"G{index}",
        slug=f"prøve-{index}".replace("ø", "oe"),
        kind=chance.choice(model.Kind.values),
        path=chance.choice(paths),
        title=draw(5),
        standfirst=draw(15),
        body=draw(150),
        department=chance.choice(departments),
        year=chance.randint(2010, 2026),
        outcome=chance.choice(model.Outcome.values),
        provenance="composed",
        published_at=timezone.now(),
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aarhuskompas.settings")
    django.setup()
    make(int(sys.argv[1]))
