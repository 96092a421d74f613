"""Databases beside the one that Django makes for its tests, on the same server."""

import psycopg
from django.db import connection
from psycopg import sql

from tests.processes import DATABASE_URL

NAME = DATABASE_URL.rpartition("/")[2]
MIGRATED = f"{NAME}_migrated"  # all tables, and what the migrations write into them
FILLED = f"{NAME}_filled"  # and the content, demo accounts and examples of the browser tests
SECOND = f"{NAME}_second"  # the same of the second municipality
SHARED = [MIGRATED, FILLED, SECOND]  # by all workers of a run


def on_the_server(database: str) -> dict:
    """How psycopg reaches another database on the server of the tests."""
    given = connection.get_connection_params()
    return {key: given[key] for key in ["host", "port", "user", "password"] if given.get(key)} | {
        "dbname": database
    }


def create(name: str, *, like: str = "template1"):
    """Make it anew, as a copy of a database that nobody is connected to."""
    drop(name)
    _execute("CREATE DATABASE {} TEMPLATE {}", name, like)


def drop(name: str):
    _execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def let_tests_empty_the_log(name: str):
    """A test with transactions of its own empties all tables when it is over; the portal never does."""
    with psycopg.connect(**on_the_server(name), autocommit=True) as server:
        server.execute("ALTER TABLE privacy_event DISABLE TRIGGER events_are_never_emptied")


def _execute(statement: str, *names: str):
    with psycopg.connect(**on_the_server("postgres"), autocommit=True) as server:
        server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
