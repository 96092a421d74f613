"""Fill the migrated database of the browser tests, in a process with production's settings.

Prints where every route leads, as JSON: {"compass:front": {"da": "/", "en": "/en/"}, …}.
"""

import json
import sys
from io import StringIO

import django
from django.core.management import call_command

django.setup()

from accounts.models import User  # noqa: E402
from tests import routes  # noqa: E402

STAFF = "medarbejder@example.dk"


def fill():
    call_command("load_content", stdout=StringIO())
    call_command("demo_accounts", stdout=StringIO())
    routes.make_examples(User.objects.get(email=STAFF))


def addresses() -> dict[str, dict[str, str]]:
    found = {}
    for route in routes.EVERY:
        in_languages = {language: route.addresses(language)[:1] for language in ["da", "en"]}
        found[route.name] = {language: first[0] for language, first in in_languages.items() if first}
    return found


if __name__ == "__main__":
    fill()
    json.dump(addresses(), sys.stdout)
