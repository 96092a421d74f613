"""Every form of every page is filled in and sent twice, as a double click sends it: nothing is made twice.

The forms are found on the pages themselves, so a new one is checked by itself. What the filler cannot guess
stands in `FILLED`; a form that is not accepted, or a route that takes forms and is on no page, is an error.
"""

from io import BytesIO

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone
from PIL import Image

from accounts.models import Submission, User
from compass.models import Dilemma, Source
from reflection.models import GuideVersion, Participant, Reflection
from tests import routes
from tests.factories import PASSWORD, make_department, make_room, make_user
from tests.pages import Page
from tests.reflection.people import seat

NOT_COUNTED = {Submission, Session}
COUNTED = [model for model in apps.get_models() if model not in NOT_COUNTED]
MAILS = "mails"
COUNT = "SELECT '{0}', count(*) FROM {0}"

# Who has a new password is asked for the old one; who logs in or comes in makes nothing.
FILLED = {
    "account_login": lambda: {"login": "malik@example.dk", "password": PASSWORD},
    "account_change_password": lambda: {
        "oldpassword": PASSWORD, "password1": "et-helt-andet-kodeord", "password2": "et-helt-andet-kodeord",
    },
    "account_email": lambda: {"password": PASSWORD},
    "account_fresh": lambda: {"password": PASSWORD},
    "reflection:join": lambda: {"code": guest().return_code},
    "account_reset_password": lambda: {"email": "malik@example.dk"},
    "goals:edit": lambda: {"wording": "Andre ord."},
    "goals:share": lambda: {"email": make_user().email},
    "goals:offer_goodbye": lambda: {"is_trial": []},
    "goals:open_room": lambda: {"is_rehearsal": [], "reveal_at": ""},
    "collaboration:open_round": lambda: {
        "is_rehearsal": [], "reveal_at": "", "absent": "",
    },
    "reflection:code": lambda: {"code": Reflection.objects.get(title=routes.JOINED).code},
    "reflection:come_back": lambda: {"code": guest().return_code},
    "reflection:wall_code": lambda: {"code": opened_wall().wall_code},
}  # fmt: skip

# What a walker cannot fill in, and why nothing is made twice by it.
NEEDS_A_DEVICE = {
    "mfa_activate_totp": "a code from an app; an account has one (test_emergency_login.py)",
    "mfa_add_webauthn": "what a key signs; a challenge is good once (browser/test_passkeys.py)",
}

# On no page that the examples show, and why nothing is made by them.
NOT_SHOWN = {
    "collaboration:tell": "sets the same again (tests/collaboration/test_told.py)",
    "account_sso": "leads away, and makes nothing (test_single_sign_on.py)",
    "account_sso_callback": "no form",
    "account_backchannel_logout": "no form of a page; a token is good once (test_login_sessions.py)",
    "account_end_session": "once, the login is gone (test_login_sessions.py)",
    "account_end_other_sessions": "once, the logins are gone (test_login_sessions.py)",
    "account_emergency": "in an emergency alone, and makes nothing (test_emergency_login.py)",
    "mfa_authenticate": "a code is good once (test_emergency_login.py)",
    "mfa_list_webauthn": "no form",
    "mfa_remove_webauthn": "once, it is gone",
    "mfa_deactivate_totp": "once, it is gone (test_emergency_login.py)",
    "mfa_view_recovery_codes": "no form",
    "mfa_generate_recovery_codes": "those of the first click work no more (test_emergency_login.py)",
    "account_set_password": "leads to the change of the password one has",
    "account_reset_password_from_key": "the key of the example is too old",
    "account_confirm_new_email": "the token of the example opens nothing",
    "account_signup": "closed",
    "collaboration:share": "only an address, and only once (test_rounds.py)",
    "reflection:collect_again": "only a phase, and only once (test_leading.py)",
    "reflection:keep_link": "only what the browser remembers (test_open_rooms.py)",
    "goals:unarchive": "only a date (test_goals.py)",
    "reflection:delete_account": "not offered to somebody who owns as much as this one",
}

# What makes something: if the walk found none of them, it would prove nothing.
MAKING = {
    "goals:register", "goals:copy", "goals:start", "goals:open_room", "goals:share", "goals:offer_goodbye",
    "goals:check_goodbye", "goals:edit", "collaboration:register", "collaboration:open_round",
    "collaboration:case", "collaboration:paper_consent", "reflection:join", "reflection:paper",
    "reflection:hide", "reflection:begin_open_room", "account_reset_password",
}  # fmt: skip


def opened_wall() -> Reflection:
    room = Reflection.objects.get(title=routes.LED)
    room.open_wall()
    return room


def guest() -> Participant:
    """Somebody without an account, in a room that takes answers."""
    return Participant.objects.filter(reflection__title=routes.JOINED, user=None).latest("pk")


# --- Filling in ------------------------------------------------------------------------------------


def filled(form, *, needed_only=False) -> dict:
    """What somebody could send of the form: its own values, and something in each field that is empty."""
    sent = {name: values for name, values in form.values.items() if "".join(values).strip()}
    chosen = form.element.cssselect("input[type=radio][checked]")
    sent |= {field.get("name"): field.get("value") for field in chosen}
    for field in form.element.cssselect("input[name], select[name], textarea[name]"):
        is_skipped = needed_only and field.get("required") is None
        if not (is_skipped or field.get("name") in sent or field.get("type") == "hidden"):
            sent[field.get("name")] = something(field)
    button = form.element.cssselect("button[name]")
    if button:
        sent.setdefault(button[0].get("name"), button[0].get("value", ""))
    return sent


def something(field) -> str:
    if field.tag == "select":
        return next((one.get("value") for one in field.cssselect("option") if one.get("value")), "")
    day = f"{timezone.localdate().year + 1}-03-01"
    return {
        "radio": field.get("value"), "checkbox": field.get("value", "on"), "date": day,
        "datetime-local": f"{day}T12:00", "email": "navn@example.dk", "number": field.get("min") or "2",
        "url": "https://example.dk/",
    }.get(field.get("type"), f"Ord til {field.get('name')}")  # fmt: skip


# --- Sending twice ---------------------------------------------------------------------------------


def rows() -> dict[str, int]:
    """How many there are of everything, mails included."""
    tables = [model._meta.db_table for model in COUNTED]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(map(COUNT.format, tables)))
        return dict(cursor.fetchall()) | {MAILS: len(mail.outbox)}


def grown(before: dict, after: dict) -> set[str]:
    return {name for name, count in after.items() if count > before[name]}


def copy(browser: Client) -> Client:
    made = Client()
    made.cookies.load(browser.cookies.output(header="", sep=";"))
    return made


def rewound(sent: dict) -> dict:
    for value in sent.values():
        if hasattr(value, "seek"):
            value.seek(0)
    return sent


class Twice:
    """A form sent twice: the first answer, and what grew the first and the second time."""

    def __init__(self, browser: Client, address: str, sent: dict):
        with transaction.atomic():  # the next form finds everything as this one did
            before = rows()
            self.answer = browser.post(address, sent)
            between = rows()
            self.again = browser.post(address, rewound(sent))
            self.first, self.second = grown(before, between), grown(between, rows())
            transaction.set_rollback(True)

    @property
    def errors(self) -> list[str]:
        """Why the form was not accepted."""
        if self.answer.status_code == 302 or not self.answer.content:
            return []
        errors = ".kompas-error-summary li, .form-row.errors, .errornote"
        return Page(self.answer, None).texts(errors)


def forms_of(browser: Client, address: str) -> list:
    shown = browser.get(address)
    if shown.status_code != 200 or not shown["Content-Type"].startswith("text/html"):
        return []
    return Page(shown, None).forms()


def name_of(address: str) -> str:
    return resolve(address.partition("?")[0]).view_name


class Walk:
    """Sends each kind of form that a browser meets at the addresses."""

    def __init__(self):
        self.sent: dict[tuple, Twice] = {}

    def look_at(self, browser: Client, addresses):
        for address in addresses:
            for form in forms_of(copy(browser), address):
                self._send(copy(browser), form)

    def _send(self, browser, form):
        name = name_of(form.action)
        kind = (name, *sorted(form.names))
        if kind not in self.sent or not self.sent[kind].first:  # what is under way already makes nothing
            with transaction.atomic():
                known = FILLED.get(name, dict)()
                sent = filled(form) | {field: known[field] for field in known if field in form.names}
                self.sent[kind] = Twice(browser, form.action, sent)
                transaction.set_rollback(True)

    def those(self, test) -> list[str]:
        return sorted({kind[0] for kind, twice in self.sent.items() if test(twice)})


@pytest.fixture
def examples(content_without_search, staff):
    routes.make_examples(staff)
    Reflection.objects.get(title=routes.JOINED).participants.create(name="Gerda Gæst")


def addresses_with_forms() -> list[str]:
    pages = [route for route in routes.EVERY if route.is_page and not route.is_public]
    return [address for route in pages for address in route.addresses()]


def takes_forms(route, browser) -> bool:
    addresses = [] if route.is_public else route.addresses()
    return any(browser.post(address).status_code != 405 for address in addresses[:1])


@pytest.mark.long
def test_nothing_on_any_page_is_made_twice_by_a_second_click(examples, staff, logged_in):
    walk = Walk()
    for browser in [Client(), seat(guest()), logged_in(staff)]:
        walk.look_at(browser, addresses_with_forms())
    errors = {kind[0]: twice.errors for kind, twice in walk.sent.items() if twice.errors}
    assert errors.keys() == NEEDS_A_DEVICE.keys(), errors
    assert walk.those(lambda twice: twice.second) == []
    assert set(walk.those(lambda twice: twice.first)) >= MAKING
    with transaction.atomic():
        found = {route.name for route in routes.EVERY if takes_forms(route, logged_in(staff))}
        transaction.set_rollback(True)
    assert found - {kind[0] for kind in walk.sent} - set(NOT_SHOWN) == set()


# --- The admin -------------------------------------------------------------------------------------

NEEDED = {
    "compass_picture": lambda: {"file": SimpleUploadedFile("by.png", picture()), "alt": "En by."},
    "compass_attachment": lambda: {
        "file": SimpleUploadedFile("skema.pdf", b"%PDF-1.7"),
        "is_accessible": "on",
    },
    "compass_contact": lambda: {"as_of": "2026-11-01", "department": make_department().pk},
    "compass_milestone": lambda: {"date": "2026-11-01", "precision": "day"},
    "compass_page": lambda: {"slug": "en-ny-side"},
    "compass_redirect": lambda: {"old": "samtale", "new": "/dilemmaer/"},
    "privacy_restriction": lambda: {"who": make_user().email, "reason": "Personen bad om det."},
    "privacy_retentionperiod": lambda: {"days": "30", "decided_on": "2026-11-01"},
    "accounts_user": lambda: {"email": "ny@example.dk", "password1": PASSWORD, "password2": PASSWORD},
}


def picture() -> bytes:
    written = BytesIO()
    Image.new("RGB", (600, 360), "teal").save(written, "PNG")
    return written.getvalue()


def addable(client) -> list[str]:
    """Models that the admin has a form to add one of, as the names of its routes begin."""
    labels = [f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry]
    return [label for label in labels if client.get(reverse(f"admin:{label}_add")).status_code == 200]


@pytest.fixture
def anybody(db):
    """A browser that may do all that the admin knows."""
    client = Client()
    client.force_login(User.objects.create_superuser("alt@example.dk", PASSWORD, name="Alma Alt"))
    return client


@pytest.mark.long
def test_nothing_that_the_admin_can_add_is_added_twice(content_without_search, anybody):
    added = {}
    for label in addable(anybody):
        address = reverse(f"admin:{label}_add")
        [form] = Page(anybody.get(address), None).forms(f"#{label.partition('_')[2]}_form")
        sent = filled(form, needed_only=True) | NEEDED.get(label, dict)()
        added[label] = Twice(copy(anybody), address, sent)
    assert {label: twice.errors for label, twice in added.items() if twice.errors} == {}
    assert {label: twice.second for label, twice in added.items() if twice.second} == {}
    assert [label for label, twice in added.items() if label not in twice.first] == []
    assert len(added) > 15


def kinds_of_acts() -> dict[str, tuple[str, str, dict]]:
    """What else makes something in the admin: the page, which of its forms, and what is filled in."""
    version = GuideVersion.objects.earliest("pk")
    source, dilemma = Source.objects.earliest("pk"), Dilemma.objects.earliest("pk")
    chosen = {"_selected_action": [dilemma.pk], "action": "withdraw", "confirmed": "yes"}
    return {
        "a draft of a compass": (
            reverse("admin:reflection_guideversion_change", args=[version.pk]), "[action$='/kladde/']", {},
        ),
        "emergency access": (
            reverse("admin:reflection_emergencyaccess_open"), "main form",
            {"room": f"http://testserver/rum/{make_room().key}/", "reason": "Rummet skal lukkes i dag."},
        ),
        "a change": (
            reverse("admin:compass_source_change", args=[source.pk]), "#source_form", {"title": "Ny titel"},
        ),
        "an action on a list": (reverse("admin:compass_dilemma_changelist"), "#changelist-form", chosen),
    }  # fmt: skip


@pytest.mark.long
def test_nothing_else_that_the_admin_does_is_done_twice(content_without_search, anybody):
    acts = {}
    for name, (address, css, changes) in kinds_of_acts().items():
        form = Page(anybody.get(address), None).form(css)
        acts[name] = Twice(copy(anybody), form.action, filled(form, needed_only=True) | changes)
    assert {name: act.errors for name, act in acts.items() if act.errors} == {}
    assert {name: act.second for name, act in acts.items() if act.second} == {}
    assert [name for name, act in acts.items() if not act.first] == []
