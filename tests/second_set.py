"""Ask everything of a portal with another set of content: tests/test_second_set.py runs it as a process.

Writes each answer into the folder OUT, and answers.json with what was asked for each.
"""

import json
import os
from collections import defaultdict
from io import StringIO
from pathlib import Path

import django
from django.conf import settings

django.setup()

from django.contrib import admin  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.template.loader import get_template  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from django.urls import NoReverseMatch, reverse  # noqa: E402
from django.utils.translation import override  # noqa: E402

from accounts.roles import ADMINISTRATOR  # noqa: E402
from compass import social_picture  # noqa: E402
from publishing.portal import current_portal  # noqa: E402
from tests import routes  # noqa: E402
from tests.factories import make_user  # noqa: E402

OUT = Path(os.environ["OUT"])
AT_MOST = 4  # addresses of a route
answers: dict[str, list[str]] = defaultdict(list)


def keep(name: str, body: bytes):
    file = f"{len(list(OUT.iterdir()))}.bin"
    (OUT / file).write_bytes(body)
    answers[name].append(file)


def ask(name: str, client: Client, address: str):
    answer = client.get(address, follow=True)
    headers = "\n".join(f"{key}: {value}" for key, value in answer.items())
    keep(name, answer.getvalue())
    keep(name, headers.encode())


def ask_every_route(people: list[Client]):
    for route in routes.EVERY:
        for language in ["da", "en"]:
            for address in [] if route.is_post_only else route.addresses(language)[:AT_MOST]:
                for client in people:
                    ask(f"{language} {route.name}", client, address)


def ask_the_admin(client: Client):
    for name in ["index", "broken_links", "bin", "readiness"]:
        ask(f"admin {name}", client, reverse(f"admin:{name}"))
    for model in admin.site._registry:
        label = f"{model._meta.app_label}_{model._meta.model_name}"
        row = model._default_manager.first()
        for page in ["changelist", "add", *(["change", "history", "delete"] if row else [])]:
            try:
                arguments = [] if page in {"changelist", "add"} else [row.pk]
                ask(f"admin {label} {page}", client, reverse(f"admin:{label}_{page}", args=arguments))
            except NoReverseMatch:  # it has no such page
                continue


def write_every_mail():
    """Whatever it is about: what is said in each does not hang on it."""
    folder = settings.BASE_DIR / "templates"
    for path in sorted([*folder.glob("*/mail/*"), *folder.glob("account/email/*")]):
        for language in ["da", "en"]:
            with override(language):
                text = get_template(str(path.relative_to(folder))).render({})
            keep(f"mail {path.parent.parent.name} {path.stem}", text.encode())


def main():
    setup_test_environment()
    call_command("load_content", stdout=StringIO())
    staff, administrator = make_user("Malik Medarbejder"), make_user("Ada Administrator", role=ADMINISTRATOR)
    routes.make_examples(staff)
    by_staff, by_administrator = Client(), Client()
    by_staff.force_login(staff)
    by_administrator.force_login(administrator)
    ask_every_route([Client(), by_staff])
    ask_the_admin(by_administrator)
    write_every_mail()
    words = json.dumps(social_picture.content(current_portal()), ensure_ascii=False)
    keep("social picture", social_picture.TEMPLATE.read_bytes() + words.encode())
    (OUT / "answers.json").write_text(json.dumps(answers))


main()
