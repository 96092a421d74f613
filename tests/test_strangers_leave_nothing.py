"""What anybody may send, as often as they like, leaves no row behind: else one stranger fills the disk."""

from uuid import uuid4

from django.apps import apps
from django.db import connection
from django.test import Client
from django.utils.crypto import get_random_string

from tests import routes

ADMIN = [
    "/admin/",
    "/admin/login/",
    "/admin/logout/",
    "/admin/compass/story/add/",
    "/admin/compass/story/1/change/",
]
# Wrong codes and passwords, for a few minutes or a day; and that something was refused, once a minute.
COUNTED = {"accounts_wrongtries", "privacy_event"}
BY_A_SECRET = {"reflection:own_link", "reflection:forget_address"}  # who has such a link acts by it


def rows() -> dict[str, int]:
    tables = [model._meta.db_table for model in apps.get_models(include_auto_created=True)]
    counts = [f"SELECT '{table}', count(*) FROM {table}" for table in tables]  # noqa: S608 – our own tables
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(counts))
        return dict(cursor.fetchall())


def addresses() -> list[str]:
    found = [
        address
        for route in routes.EVERY
        if route.name not in BY_A_SECRET
        for address in route.addresses()[:1]
    ]
    nowhere = [
        f"/rum/{uuid4()}/{rest}"
        for address in found
        if address.startswith("/rum/")
        for _, _, _, rest in [address.split("/", 3)]
    ]
    return [*found, *nowhere, *ADMIN]


def test_no_form_of_a_stranger_is_kept(content_without_search, staff):
    routes.make_examples(staff)
    words = {
        "email": "ingen@example.dk",
        "login": "ingen@example.dk",
        "password": "forkert",
        "code": "ABCDEF",
    }
    before = rows()
    for address in addresses():
        Client().post(address, {"csrfmiddlewaretoken": get_random_string(64), **words})
    after = rows()
    assert {table for table, number in after.items() if number > before[table]} <= COUNTED
