"""What belongs to somebody is nobody else's: no page, no role, no log line, no admin shows it."""

import io
import logging

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse

from aarhuskompas.logs import JsonFormatter
from accounts.roles import ROLES, models_of
from goals.models import Goal, PastWording, Review
from reflection.models import Answer, Participant, Reflection
from tests.factories import make_department, make_user

pytestmark = pytest.mark.django_db

SECRET = "hemmeligt-ord-"
OF_A_GOAL = ["goal", "edit", "start"]
OF_A_REVIEW = ["review", "step", "answers", "decision", "plan", "printout"]
EVERY = [*OF_A_GOAL, *OF_A_REVIEW]
FORMS = ["edit", "step", "decision", "plan"]
READ_ONLY = ["goal", "review", "answers", "printout"]
OF_EVERY_REFLECTION = {"step", "answers"}  # pages of the engine, which knows no goal
WRITTEN = [Goal, PastWording, Review, Answer, Participant, Reflection]
FROM_US = {"Origin": "http://testserver"}


@pytest.fixture
def told(review, field):
    """Malik's review with a secret in every place where one can write."""
    department = make_department()
    Goal.objects.update(
        wording=f"{SECRET}maal", stands_in=f"{SECRET}sted", serves=f"{SECRET}aarhusmaal",
        set_by=f"{SECRET}hvem", department=department,
    )  # fmt: skip
    PastWording.objects.create(goal=review.goal, text=f"{SECRET}foer")
    Review.objects.update(
        decision="keep", reason=f"{SECRET}grund", dissent=f"{SECRET}uenig", change=f"{SECRET}aendring",
        stop=f"{SECRET}stop", responsible=f"{SECRET}ansvar",
    )  # fmt: skip
    for answer in [field("line"), field("line", 2)]:
        review.participant.answers.create(prompt_id=answer.removeprefix("prompt-"), text=f"{SECRET}svar")
    review.refresh_from_db()
    return review


@pytest.fixture
def find(told):
    def address(name):
        if name in OF_A_GOAL:
            return reverse(f"goals:{name}", args=[told.goal.key])
        kwargs = {"key": told.reflection.key} | ({"position": 1} if name == "step" else {})
        app = "reflection" if name in OF_EVERY_REFLECTION else "goals"
        return reverse(f"{app}:{name}", kwargs=kwargs)

    return address


def refusal(name) -> int:
    return 403 if name in OF_EVERY_REFLECTION else 404


@pytest.fixture
def superuser(db):
    return get_user_model().objects.create_superuser("su@example.dk", "x", name="Superbruger")


@pytest.fixture
def people(colleague, editor, method_owner, administrator, superuser):
    """Everybody but Malik, among them somebody with every permission there is."""
    everything = make_user("Alle Rettigheder")
    everything.is_staff = True
    everything.save()
    everything.user_permissions.set(Permission.objects.all())
    return [colleague, editor, method_owner, administrator, superuser, everything]


# --- Pages ---------------------------------------------------------------------------------------


def test_the_owner_sees_every_secret_of_these_tests(page, staff, find):
    seen = "".join(page(find(name), by=staff).html for name in [*FORMS, *READ_ONLY])
    for place in [
        "maal",
        "sted",
        "aarhusmaal",
        "hvem",
        "foer",
        "grund",
        "uenig",
        "aendring",
        "stop",
        "ansvar",
        "svar",
    ]:
        assert f"{SECRET}{place}" in seen or place == "aendring"
    assert f"{SECRET}aendring" in page(find("printout"), by=staff).html


@pytest.mark.parametrize("name", [*FORMS, *READ_ONLY])
def test_whoever_else_asks_finds_nothing(page, people, find, name):
    for person in people:
        assert SECRET not in page(find(name), by=person, status=refusal(name)).html


@pytest.mark.parametrize("name", [*FORMS, "start"])
def test_whoever_else_sends_something_changes_nothing(page, people, find, name, told):
    sent = {"wording": "Overtaget", "concerns": "inside", "reason": "Overtaget", "decision": "replace"}
    for person in people:
        page(find(name), by=person, post=sent, status=refusal(name))
    assert Goal.objects.get().wording == f"{SECRET}maal"
    assert (Review.objects.get().reason, Answer.objects.count()) == (f"{SECRET}grund", 2)


@pytest.mark.parametrize("name", sorted({*FORMS, *READ_ONLY} - OF_EVERY_REFLECTION))
def test_a_reader_is_led_to_the_login_and_back(client, find, name):
    answer = client.get(find(name))
    assert (answer.status_code, answer["Location"]) == (302, f"/konto/log-ind/?next={find(name)}")


@pytest.mark.parametrize("name", sorted(OF_EVERY_REFLECTION))
def test_a_reader_finds_the_way_to_the_login_where_one_answers(page, find, name):
    shown = page(find(name), status=403)
    assert f"/konto/log-ind/?next={find(name)}" in shown.links("main a").values()
    assert SECRET not in shown.html


@pytest.mark.parametrize("path", ["/maalkompasset/mine/", "/maalkompasset/nyt/"])
def test_a_reader_is_led_to_the_login_from_what_needs_an_account(client, path):
    assert client.get(path)["Location"] == f"/konto/log-ind/?next={path}"


@pytest.mark.parametrize("name", [*FORMS, "start"])
def test_a_form_sent_after_the_session_ended_keeps_every_word(page, find, name, told, field):
    sent = {
        field("line"): "Det, jeg skrev\ni to linjer", "reason": "Min grund <b>", "stop": "Skemaet",
        "wording": "Mine ord", "page": "p" * 22, "go": "next",
    }  # fmt: skip
    kept = page(find(name), post=sent, status=403, headers=FROM_US)
    again = kept.form()
    assert again.action == find(name)
    assert {key: text for key, (text,) in again.values.items() if key in sent} == sent
    assert kept.texts(".kompas-typed p") == [
        "Det, jeg skrevi to linjer", "Min grund <b>", "Skemaet", "Mine ord",
    ]  # fmt: skip
    assert SECRET not in kept.html


def test_the_kept_words_are_saved_when_they_are_sent_again(page, find, staff, told, field, client):
    sent = {field("line", 1): "Skrevet for sent", f"{field('line')}-was": f"{SECRET}svar", "page": "p" * 22}
    kept = page(find("step"), post=sent | {f"{field('line')}-version": "1"}, status=403, headers=FROM_US)
    client.force_login(staff)
    kept.form().send({"go": "later"})
    assert told.participant.answers.order_by("prompt_id").first().text == "Skrevet for sent"


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "https://ond.example.dk"}, {"Referer": "https://ond.example.dk/"}]
)
def test_what_another_site_sends_is_never_offered_to_be_sent(page, find, headers):
    shown = page(find("decision"), post={"reason": "Fra en fremmed"}, status=403, headers=headers)
    assert "Fra en fremmed" not in shown.html
    assert shown.select("main form") == []


def test_autosave_without_a_session_says_log_in(page, find, field):
    beside = {"page": "p" * 22, f"{field('line')}-was": "Før", f"{field('line')}-version": "1"}
    sent = {field("line"): "Nyt", "overwrite": "x", "csrfmiddlewaretoken": "gammel"} | beside
    line = page(find("step"), post=sent, part="save-status", status=403)
    kept = {hidden.get("name"): hidden.get("value") for hidden in line.select("input")}
    assert kept.pop("csrfmiddlewaretoken") != "gammel"
    assert kept == beside
    assert line.texts("[data-save-text]") == ["Du er logget ud. Det, du skriver, er her endnu."]
    assert line.links() == {"Log ind i et nyt vindue, så gemmes det": f"/konto/log-ind/?next={find('step')}"}
    assert SECRET not in line.html


# --- Wrong methods -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_no_page_takes_other_methods(staff_client, find, name, method):
    assert getattr(staff_client, method)(find(name)).status_code == 405


@pytest.mark.parametrize("name", READ_ONLY)
def test_what_is_only_read_takes_no_form(staff_client, find, name):
    assert staff_client.post(find(name)).status_code == 405


def test_a_look_is_not_begun_by_a_link(staff_client, find):
    assert staff_client.get(find("start")).status_code == 405


@pytest.mark.parametrize("path", ["/maalkompasset/", "/maalkompasset/blanket/", "/maalkompasset/mine/"])
def test_lists_take_no_form(staff_client, path):
    assert staff_client.post(path).status_code == 405


# --- Admin ---------------------------------------------------------------------------------------


def test_nothing_that_people_write_is_registered_in_the_admin():
    assert set(WRITTEN) & set(admin.site._registry) == set()


def test_no_role_has_a_permission_on_what_people_write():
    named = {model._meta.model_name for model in WRITTEN}
    assert {name for role in ROLES for name in models_of(role)} & named == set()


def admin_addresses():
    """Every list, and the pages of every single thing, that the admin has."""
    for model in admin.site._registry:
        place = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{place}_changelist")
        for item in model._default_manager.all():
            for action in ["change", "delete", "history"]:
                yield reverse(f"{place}_{action}", args=[item.pk])


def test_no_page_of_the_admin_shows_what_people_wrote(logged_in, superuser, told):
    browser = logged_in(superuser)
    visited = 0
    for address in [reverse("admin:index"), *admin_addresses()]:
        answer = browser.get(address, follow=True)
        assert answer.status_code in {200, 403}, address
        assert SECRET not in answer.content.decode(), address
        visited += answer.status_code == 200
    assert visited > 20


def test_the_admin_names_no_goal_that_stands_in_the_way_of_a_deletion(logged_in, superuser, told):
    told.goal.owner.is_active = False
    told.goal.owner.save()
    address = reverse("admin:accounts_user_delete", args=[told.goal.owner_id])
    answer = logged_in(superuser).get(address)
    assert "Kan ikke slette bruger" in answer.content.decode()
    assert SECRET not in answer.content.decode()


@pytest.mark.parametrize("model", WRITTEN)
def test_the_name_of_a_thing_in_lists_and_logs_holds_no_words_of_its_author(told, model):
    for item in model.objects.all():
        assert SECRET not in f"{item} {item!r}"


# --- Logs ----------------------------------------------------------------------------------------


@pytest.fixture
def log():
    """Everything that is logged, as production writes it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.mark.parametrize("name", FORMS)
def test_no_log_line_holds_what_was_typed_or_which_goal_it_was(client, staff, find, log, field, name, told):
    sent = {
        field("line"): f"{SECRET}nyt", field("scale"): f"{SECRET}tal", "reason": f"{SECRET}nyt",
        "decision": f"{SECRET}valg", "look_back_on": f"{SECRET}dato", "wording": f"{SECRET}nyt",
    }  # fmt: skip
    client.post(find(name), sent)
    client.force_login(staff)
    client.post(find(name), sent)
    client.post(find(name), sent, headers={"HX-Request": "true"})
    assert '"route"' in log.getvalue()
    for secret in [SECRET, str(told.goal.key), str(told.reflection.key)]:
        assert secret not in log.getvalue()


def test_not_even_an_accident_puts_what_was_typed_into_the_log(client, staff, find, log, monkeypatch):
    client.force_login(staff)
    client.raise_request_exception = False
    monkeypatch.setattr(Review, "write", lambda *args, **kwargs: 1 / len(SECRET[:0]))
    assert client.post(find("decision"), {"reason": f"{SECRET}nyt", "decision": "keep"}).status_code == 500
    assert "ZeroDivisionError" in log.getvalue()
    assert SECRET not in log.getvalue()
