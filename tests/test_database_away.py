"""A request that meets a dead connection: made once more, or said in words where it has written."""

import psycopg
import pytest
from django.db import InternalError, OperationalError, connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import Submission
from goals.models import Goal
from publishing import database_away
from publishing.database_away import TryAgainMiddleware, is_away, is_lost
from tests.factories import make_guide, make_room, make_user
from tests.pages import Page

pytestmark = pytest.mark.django_db


def error(cause: type[psycopg.Error] | None = None, kind=OperationalError) -> Exception:
    found = kind()
    found.__cause__ = cause() if cause else psycopg.OperationalError()
    return found


@pytest.mark.parametrize(
    ("cause", "kind", "away", "lost"),
    [
        (None, OperationalError, True, True),  # the server closed the connection
        (psycopg.errors.AdminShutdown, OperationalError, True, True),
        (psycopg.errors.CannotConnectNow, OperationalError, True, True),
        (psycopg.errors.ConnectionFailure, OperationalError, True, True),
        (psycopg.errors.ReadOnlySqlTransaction, InternalError, True, True),
        (psycopg.errors.QueryCanceled, OperationalError, True, False),
        (psycopg.errors.LockNotAvailable, OperationalError, True, False),
        (psycopg.errors.InternalError, InternalError, False, False),
    ],
)
def test_which_errors_say_that_the_database_is_away(cause, kind, away, lost):
    assert (is_away(error(cause, kind)), is_lost(error(cause, kind))) == (away, lost)


# --- The rule, with a view that fails as often as it is told ------------------------------------------


def answered(*outcomes, path="/") -> tuple[int, int]:
    """The status of the answer, and how often the view was asked, which does what each outcome says."""
    asked = []

    def view(request):
        asked.append(request)
        for outcome in outcomes[len(asked) - 1]:
            if isinstance(outcome, Exception):
                response = HttpResponse(status=503)
                response.database_error = outcome
                return response
            with connection.cursor() as cursor:
                cursor.execute(outcome)
        return HttpResponse()

    response = TryAgainMiddleware(view)(RequestFactory().get(path))
    return response.status_code, len(asked)


WRITES = "CREATE TEMPORARY TABLE written (number integer)"


def test_a_page_is_made_again_with_another_connection():
    assert answered([error()], []) == (200, 2)


def test_what_has_only_read_is_made_again():
    assert answered(["SELECT 1", error()], []) == (200, 2)


def test_what_has_written_is_not():
    assert answered([WRITES, error()], []) == (503, 1)


def test_it_is_tried_once_and_not_for_ever():
    assert answered([error()], [error()], []) == (503, 2)


def test_what_was_refused_for_another_reason_is_not_tried_again():
    assert answered([error(psycopg.errors.QueryCanceled)], []) == (503, 1)


def test_who_has_waited_for_the_database_does_not_wait_twice(monkeypatch):
    monkeypatch.setattr(database_away, "SOON", 0)
    assert answered([error()], []) == (503, 1)


# --- Through the whole portal --------------------------------------------------------------------------


class Dies:
    """The connection dies at the statement that begins so, the first time."""

    def __init__(self, begins: str):
        self.begins, self.is_dead = begins, False

    def __call__(self, execute, sql, params, many, context):
        if not self.is_dead and sql.startswith(self.begins):
            self.is_dead = True
            raise error()
        return execute(sql, params, many, context)


@pytest.fixture
def browser():
    """Gets what a browser gets."""
    made = Client(raise_request_exception=False)
    made.force_login(make_user("Malik Medarbejder"))
    return made


@pytest.mark.parametrize("begins", ['SELECT "django_session"', 'SELECT "reflection_', 'SELECT "goals_'])
def test_a_reader_sees_nothing_of_it(browser, begins):
    make_guide()
    make_room()
    dies = Dies(begins)
    with connection.execute_wrapper(dies):
        page = browser.get(reverse("reflection:home"))
    assert (dies.is_dead, page.status_code) == (True, 200)


def test_who_sent_a_form_reads_that_it_can_be_sent_again(browser):
    form = Page(browser.get("/maalkompasset/nyt/"), None).form("main form").values
    words = {"wording": "Flere skal cykle.", "concerns": "citizens"}
    dies = Dies('INSERT INTO "goals_goal"')
    with connection.execute_wrapper(dies):
        page = browser.post("/maalkompasset/nyt/", form | words)
    assert (dies.is_dead, page.status_code, page["Retry-After"]) == (True, 503, "30")


NO_ROOM = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER no_room AFTER INSERT ON goals_goal FOR EACH ROW EXECUTE FUNCTION no_room();
"""


def test_where_the_database_has_no_room_nothing_is_half_kept(browser):
    form = Page(browser.get("/maalkompasset/nyt/"), None).form("main form").values
    with connection.cursor() as cursor:
        cursor.execute(NO_ROOM)
    page = browser.post(
        "/maalkompasset/nyt/", form | {"wording": "Flere skal cykle.", "concerns": "citizens"}
    )
    assert (page.status_code, page["Retry-After"]) == (503, "30")
    assert (Goal.objects.count(), Submission.objects.count()) == (0, 0)
