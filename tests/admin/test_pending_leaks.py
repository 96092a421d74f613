"""Nothing of what waits beside a public text is in any public channel, also while somebody looks at it."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models

from compass import story_index
from publishing.admin import PublishableAdmin
from publishing.admin.snapshots import fields_of, stored
from publishing.models import PendingVersion
from publishing.views import link_to
from tests.admin.conftest import admin_url

pytestmark = pytest.mark.django_db

SECRET = "Zqxhemmelighed"
CHANNELS = [
    "/", f"/soeg/?q={SECRET}", f"/soeg/forslag/?q={SECRET}", "/historier/feed.xml", "/historier/",
    "/aabne-data/historier.json", "/aabne-data/historier.csv", "/aabne-data/dilemmaer.json",
    "/dilemmaer/", "/tilblivelse/", "/veje/", "/forstaaelsesrammen/", "/viden/", "/lydbog/", "/farvel/",
    "/kontakt/",
]  # fmt: skip


def marked(item) -> dict:
    """Every text of it and of its rows says the secret."""
    texts = stored(item)
    for kind, rows in texts.items():
        for values in rows.values():
            values |= {field.attname: f"{SECRET} {field.name}" for field in texts_of(apps.get_model(kind))}
    return texts


def texts_of(model) -> list[models.Field]:
    kinds = models.CharField | models.TextField
    return [field for field in fields_of(model) if isinstance(field, kinds) and _is_free(field)]


def _is_free(field) -> bool:
    is_address = field.unique or isinstance(field, models.SlugField)
    return not (field.choices or is_address) and (field.max_length or 99) > 40


def kinds() -> list[type[models.Model]]:
    return [model for model, one in admin.site._registry.items() if isinstance(one, PublishableAdmin)]


def public_answers(client) -> dict[str, str]:
    addresses = re.findall(r"<loc>https?://[^/]+(/[^<]*)</loc>", client.get("/sitemap.xml").content.decode())
    assert len(addresses) > 50
    found = {}
    for url in dict.fromkeys([*CHANNELS, "/sitemap.xml", *addresses]):
        answer = client.get(url)
        found[url] = b"".join(answer).decode(errors="ignore")
    return found


def test_no_public_channel_knows_a_word_of_it(client, content, editor_client):
    written_for = []
    for model in kinds():
        if item := model.objects.published().first():
            texts = stored(item)
            PendingVersion.objects.create(
                content_type_id=content_type(model), object_id=item.pk, texts=marked(item), opened=texts
            )
            written_for.append(item)
    assert len(written_for) >= 6
    index = story_index.current()
    seen = 0
    for item in written_for:
        if not hasattr(item, "get_absolute_url"):
            continue
        shown = client.get(link_to(item)).content.decode()  # somebody has the link, and reads it
        form = editor_client.get(admin_url(item, "pending"))
        assert SECRET in form.content.decode(), item
        seen += SECRET in shown
    assert seen >= 5
    assert story_index.current() is index
    leaking = [
        url for url, text in public_answers(client).items() if SECRET in text.replace(f'value="{SECRET}"', "")
        and f"q={SECRET}" not in url
    ]  # fmt: skip
    assert leaking == []
    for url in CHANNELS[1:3]:
        assert f"{SECRET} title" not in client.get(url).content.decode()


def content_type(model) -> int:
    from django.contrib.contenttypes.models import ContentType

    return ContentType.objects.get_for_model(model).pk
