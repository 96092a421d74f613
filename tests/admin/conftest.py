"""The admin as the people see it who work there."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import make_guide
from tests.pages import Page


def admin_url(item, page="change") -> str:
    """The address of a row's page, or of a model's."""
    meta = item._meta
    is_row = not isinstance(item, type)
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=[item.pk] if is_row else [])


@pytest.fixture
def guide(db):
    """Målkompasset with a published version 1 of two steps."""
    return make_guide()


@pytest.fixture
def version(guide):
    return guide.versions.get()


@pytest.fixture
def draft(version):
    return version.new_draft()


@pytest.fixture
def admin_page():
    """A function like `page`, for pages that are mostly Django's; `by` is a browser that has logged in."""

    def fetch(url, *, by: Client, post=None, query=None):
        answer = by.get(url, query, follow=True) if post is None else by.post(url, post, follow=True)
        assert answer.status_code == 200, f"{url}: {answer.status_code}"
        fetched = Page(answer, lambda address, **options: fetch(address, by=by, **options))
        check_admin_page(fetched)
        return fetched

    return fetch


def check_admin_page(page):
    """Danish, one heading, nothing inline, and every id once; no field without a label."""
    assert page.tree.get("lang") == "da"
    assert len(page.select("h1")) == 1
    assert not page.select(
        "style, script:not([src]):not([type='application/json']), [style], [onclick], [onchange]"
    )
    ids = [element.get("id") for element in page.select("[id]")]
    assert sorted(ids) == sorted(set(ids))
    labelled = {label.get("for") for label in page.select("label")}
    fields = page.select("main input:not([type=hidden]):not([type=submit]), main select, main textarea")
    nameless = [field.get("name") for field in fields if not is_named(field, labelled)]
    assert not nameless


def is_named(field, labelled) -> bool:
    is_inside = next(field.iterancestors("label"), None) is not None
    return field.get("id") in labelled or field.get("aria-label") or is_inside


@pytest.fixture
def edit(admin_page):
    """A function: open a row's form, fill in the changes, save, and give back the page that follows."""

    def save(item, changes, *, by, button="_continue"):
        opened = admin_page(admin_url(item), by=by)
        return opened.form(f"#{item._meta.model_name}_form").send({**changes, button: "1"})

    return save


@pytest.fixture
def run_action():
    """A function: choose rows in a list and one of its actions, and say yes where it asks."""

    def run(client, action, items):
        url = admin_url(type(items[0]), "changelist")
        chosen = {"action": action, "_selected_action": [item.pk for item in items]}
        answer = client.post(url, chosen, follow=True)
        if 'name="confirmed"' in answer.content.decode():
            answer = client.post(url, {**chosen, "confirmed": "yes"}, follow=True)
        return answer

    return run


def messages_of(page) -> list[str]:
    return page.texts(".messagelist li")
