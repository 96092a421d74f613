"""No address of the admin breaks where the key in it is none: found in the URL configuration."""

import re
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLResolver, get_resolver

from accounts.models import User
from tests.admin.conftest import admin_url
from tests.factories import PASSWORD, make_department

KEYS = re.compile("<int:[^>]+>"), re.compile("<[^>]+>")


def patterns(resolver, above: str) -> Iterator[str]:
    for one in resolver.url_patterns:
        route = above + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one, route)
        else:
            yield route


def admin_addresses(key: str) -> list[str]:
    """Those that have a key in them, each with this one; where a number must stand, with one of nothing."""
    number, word = KEYS
    routes = {route for route in patterns(get_resolver(), "/") if route.startswith("/admin/")}
    return sorted(word.sub(key, number.sub("987654", route)) for route in routes if word.search(route))


@pytest.fixture
def browser(db):
    """That may do all that the admin knows, and gets an answer where a browser would get one."""
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("alt@example.dk", PASSWORD, name="Alma Alt"))
    return client


def test_what_no_row_can_have_as_its_key_breaks_nothing(browser):
    addresses = admin_addresses("ord")
    assert len(addresses) > 100
    answers = {
        address: {browser.get(address).status_code, browser.post(address).status_code}
        for address in addresses
    }
    assert {address: found for address, found in answers.items() if max(found) >= 500} == {}


def test_an_empty_name_of_a_field_is_no_field(browser, db):
    department = make_department()
    for page in ["change", "delete"]:
        assert browser.get(admin_url(department, page), {"_to_field": ""}).status_code == 200


def test_what_no_list_has_offered_to_choose_is_not_looked_up(browser):
    chosen = {"action": "delete_selected", "_selected_action": ["ord", "", "9" * 30], "index": "0"}
    answers = {
        model.__name__: browser.post(admin_url(model, "changelist"), chosen).status_code
        for model in admin.site._registry
    }
    assert {name: status for name, status in answers.items() if status >= 500} == {}


def test_what_is_no_choice_is_refused_in_words_by_a_field_that_one_types_in(browser):
    asked = {model: one.autocomplete_fields for model, one in admin.site._registry.items()}
    for model, names in asked.items():
        for name in names:
            answer = browser.post(admin_url(model, "add"), {name: ["ord", "9" * 30], "_save": "1"})
            assert (name, answer.status_code) == (name, 200)
    assert sum(map(len, asked.values())) > 4
