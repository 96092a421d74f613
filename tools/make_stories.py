"""Fill up to a number of stories for `make bench`: python -m tools.make_stories 100000

Their words are those of the real stories, drawn by how often they are used, so that common words are
common and rare ones rare.
"""

import os
import random
import sys

import django
from django.utils import timezone

BATCH = 2_000


def make(number: int):
    from django.db import connection

    from compass.models import Department, Path, Story, Theme

    chance = random.Random(number)
    real = list(Story.objects.filter(key__startswith="S"))
    words = [word for story in real for word in story.body.split()]
    paths, themes, departments = (
        list(Path.objects.all()),
        list(Theme.objects.all()),
        list(Department.objects.all()),
    )
    start = Story.objects.count()
    for first in range(start, number, BATCH):
        made = Story.objects.bulk_create(
            _story(Story, index, chance, words, paths, departments)
            for index in range(first, min(first + BATCH, number))
        )
        through = Story.themes.through
        through.objects.bulk_create(
            through(story_id=story.pk, theme_id=chance.choice(themes).pk) for story in made
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # else PostgreSQL does it while we measure


def _story(model, index, chance, words, paths, departments):
    return model(
        key=f"G{index}",
        slug=f"prøve-{index}".replace("ø", "oe"),
        kind=chance.choice(model.Kind.values),
        path=chance.choice(paths),
        title=" ".join(chance.choices(words, k=5)).strip(".,:"),
        standfirst=" ".join(chance.choices(words, k=15)),
        body=" ".join(chance.choices(words, k=150)),
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
