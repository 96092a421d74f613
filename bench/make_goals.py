"""Fill up to a number of goals, each looked at four times: python -m bench.make_goals 50000

Prints the cookie of somebody who owns some of them, for bench/goals.py. Made in bulk and without
answers: what is measured lists and counts goals. Every owner has twenty-five, so that the reader of
«Mine mål» has as many whatever the number; looks lie in the last four years.
"""

import os
import sys
from datetime import timedelta

import django
from django.utils import timezone

OWNED, LOOKS, BATCH = 25, 4, 2_500
DECISIONS = ["keep", "adjust", "replace", "goodbye"]


def make(number: int):
    """Goals up to `number`; those there are must have been made here."""
    from django.db import connection

    from compass.models import Department
    from goals.models import Goal
    from reflection.models import GuideVersion

    departments = list(Department.objects.all())
    version = GuideVersion.objects.get(guide__slug="maalkompasset")
    for first in range(Goal.objects.count(), number, BATCH):
        goals = _make_goals(range(first, min(first + BATCH, number)), departments)
        for look in range(LOOKS):
            _look_at(goals, look, version)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # else PostgreSQL does it while we measure


def _make_goals(indices: range, departments: list) -> list:
    from accounts.models import User
    from goals.models import Goal

    names = sorted({index // OWNED for index in indices})
    people = (User(email=f"ejer{name}@example.dk", name=f"Ejer {name}") for name in names)
    owners = dict(zip(names, User.objects.bulk_create(people), strict=True))
    return Goal.objects.bulk_create(
        Goal(
            owner=owners[index // OWNED],
            wording=f"Mål {index}: flere skal have svar inden {index % 30} dage.",
            department=departments[index % len(departments)],
            concerns="citizens",
        )
        for index in indices
    )


def _look_at(goals: list, look: int, version):
    from goals.models import Review
    from reflection.models import Reflection

    ended = [timezone.now() - timedelta(days=270 * look + goal.pk % 200) for goal in goals]
    reflections = Reflection.objects.bulk_create(
        Reflection(version=version, owner=goal.owner, mode="solo", phase="concluded", concluded_at=moment)
        for goal, moment in zip(goals, ended, strict=True)
    )
    Review.objects.bulk_create(
        Review(
            goal=goal,
            reflection=reflection,
            decision=DECISIONS[(goal.pk // 7 + look) % len(DECISIONS)],
            reason="Derfor.",
            decided_at=reflection.concluded_at,
            stop="Ugerapporten",
            responsible="Karen",
            look_back_on=timezone.localdate() + timedelta(days=30),
        )
        for goal, reflection in zip(goals, reflections, strict=True)
    )


def cookie_of_a_reader() -> str:
    """What the browser of the first owner sends."""
    from django.conf import settings
    from django.test import Client

    from accounts.models import User

    client = Client()
    client.force_login(User.objects.get(email="ejer0@example.dk"))
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aarhuskompas.settings")
    django.setup()
    make(int(sys.argv[1]))
    sys.stdout.write(cookie_of_a_reader())
