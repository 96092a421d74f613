"""One order for words, everywhere: æ, ø and å (or aa) last."""

import ast

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compass.models import Contact, Department, Theme
from publishing.admin.lists import DanishChangeList
from publishing.danish_order import danish_key, danish_order, in_danish_order
from tests.factories import make_department, make_story, make_theme
from tests.test_architecture import OURS, python_files, relative

OWN = ["accounts", "aarhuskompas", "privacy", "publishing", "compass", "reflection", "goals", "collaboration"]
IN_ORDER = ["Bolig", "Zoo", "Ældre", "Ørsted", "Åby", "Aadal"]
READ = {"name", "title", "label", "tag", "text", "wording", "question"}
TYPED = ["Åby", "Ørsted", "Zoo", "Aadal", "Bolig", "Ældre"]
MODELS = [model for label in OWN for model in apps.get_app_config(label).get_models()]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_model_is_ordered_by_words_as_they_are_encoded(model):
    ordering = list(model._meta.ordering)
    assert in_danish_order(model, ordering) == ordering


def ordered_by(tree) -> set[str]:
    """The last words of what queries in a module are ordered by, as far as it stands there as a text."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    orders = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "order_by"]
    texts = [one.value for call in orders for one in call.args if isinstance(one, ast.Constant)]
    return {text.removeprefix("-").rpartition("__")[2] for text in texts}


def test_no_query_is_ordered_by_words_as_they_are_encoded():
    found = {relative(path): ordered_by(ast.parse(path.read_text())) & READ for path in python_files(*OURS)}
    assert {name: words for name, words in found.items() if words} == {}


def test_no_admin_is_ordered_by_words_as_they_are_encoded():
    """Its own list would be put in order; what others choose from it is not."""
    orders = {one.model: list(one.ordering or []) for one in admin.site._registry.values()}
    assert {model: in_danish_order(model, order) for model, order in orders.items()} == orders


@pytest.mark.parametrize("one", list(admin.site._registry.values()), ids=lambda one: one.model._meta.label)
def test_every_list_of_the_admin_is_sorted_as_a_dane_would(one, rf, administrator):
    request = rf.get("/")
    request.user = administrator
    assert issubclass(one.get_changelist(request), DanishChangeList)


def test_what_one_chooses_from_has_an_order(db):
    """Whatever is offered in a select has one, and it is Danish where it is by words."""
    chosen = {
        field.related_model
        for model in MODELS
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model in {Department, Theme}
    }
    assert chosen == {Department, Theme}
    for model in chosen:
        for title in TYPED:
            model.objects.create(title=title, slug=title.lower().encode("ascii", "ignore").decode() + "x")
        assert [str(one) for one in model.objects.all()] == IN_ORDER


def test_the_filters_of_the_stories_are_in_order(page, db):
    for title in TYPED:
        make_story("En historie", department=make_department(title))
    links = page("/historier/").texts("main a")
    shown = [text for link in links for text in IN_ORDER if link.startswith(text)]
    assert shown == IN_ORDER


def test_a_heading_of_the_admin_sorts_both_ways(editor_client, db):
    for title in TYPED:
        make_department(title)
    address = reverse("admin:compass_department_changelist")
    for order, expected in [("1", IN_ORDER), ("-1", IN_ORDER[::-1])]:
        found = editor_client.get(address, {"o": order}).context["cl"].result_list
        assert [one.title for one in found] == expected


def test_contacts_stand_by_department_and_name(db):
    for title in ["Ørsted", "Zoo"]:
        department = make_department(title)
        for name in ["Åse", "Ea"]:
            email = f"{name}{title}@example.dk".encode("ascii", "ignore").decode()
            Contact.objects.create(
                name=name, role="x", department=department, email=email, as_of="2026-01-01"
            )
    assert [(one.department.title, one.name) for one in Contact.objects.all()] == [
        ("Zoo", "Ea"), ("Zoo", "Åse"), ("Ørsted", "Ea"), ("Ørsted", "Åse"),
    ]  # fmt: skip


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="latin-1", exclude_characters="\0"), max_size=20))
def test_what_is_sorted_here_is_sorted_as_the_database_does(db, text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT da_sort(%s)", [text])
        assert cursor.fetchone()[0] == danish_key(text)


def test_the_order_is_the_same_in_both(db):
    for title in TYPED:
        make_theme(title)
    found = Theme.objects.order_by(danish_order("title")).values_list("title", flat=True)
    assert list(found) == sorted(TYPED, key=danish_key) == IN_ORDER
