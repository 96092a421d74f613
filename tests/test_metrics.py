"""Figures for Prometheus: on a port of their own, of all processes together, and of no few people."""

import json
import subprocess
from contextlib import suppress
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from django.utils import timezone

from aarhuskompas.metrics import FromTheDatabase
from aarhuskompas.models import ScheduledJob
from bench.servers import free_port
from privacy.events import record
from privacy.models import What
from runner.postgres import wait_until
from runner.serve import GUNICORN
from tests.factories import make_guide, make_room, make_user
from tests.processes import ROOT, database_url, environment


def is_open(port: int) -> bool:
    with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/", timeout=2):
        return True
    return False


def figures(port: int) -> dict[str, float]:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if line[0] != "#"}


@pytest.fixture
def ports(migrated, collected, tmp_path):
    """The port of the portal and that of its figures."""
    portal, metrics = free_port(), free_port()
    given = environment(
        DATABASE_URL=database_url(migrated), SITE_URL=f"http://127.0.0.1:{portal}",
        METRICS_PORT=str(metrics), STATIC_ROOT=str(collected), MEDIA_ROOT=str(tmp_path),
    )  # fmt: skip
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [*GUNICORN, "--bind", f"127.0.0.1:{portal}", "aarhuskompas.asgi"],
            env=given, cwd=ROOT, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        assert wait_until(lambda: is_open(metrics), 60), (tmp_path / "log").read_text()
        yield portal, metrics
    finally:
        server.terminate()
        server.wait(20)


@pytest.mark.long
def test_the_figures_of_all_processes_are_added_up_beside_the_pages(ports):
    portal, metrics = ports
    for _request in range(8):  # whichever process takes it
        with suppress(HTTPError), urlopen(f"http://127.0.0.1:{portal}/findes-ikke/", timeout=10):
            pass
    asked = 'portal_request_seconds_count{status="4xx"}'
    assert wait_until(lambda: figures(metrics).get(asked) == 8, 30)  # they are counted a moment later
    for _process in range(4):  # whichever is asked
        told = figures(metrics)
        assert told[asked] == 8
        assert told["portal_database_up"] == 1
    with pytest.raises(HTTPError, match="404"):
        urlopen(f"http://127.0.0.1:{portal}/metrics", timeout=10)


def test_no_port_is_opened_unless_asked_for(settings):
    assert settings.METRICS_PORT == 0


def collected_figures() -> dict[str, float]:
    return {
        f"{sample.name}{json.dumps(sample.labels) if sample.labels else ''}": sample.value
        for family in FromTheDatabase().collect()
        for sample in family.samples
    }


@pytest.fixture
def no_close(monkeypatch):
    monkeypatch.setattr("aarhuskompas.metrics.connections.close_all", lambda: None)


@pytest.mark.parametrize(("rooms", "told"), [(0, 0), (4, 0), (5, 5), (9, 5)])
def test_few_rooms_are_not_told(db, no_close, rooms, told):
    make_guide(steps=1)
    for _room in range(rooms):
        make_room(leader=make_user())
    assert collected_figures()["portal_rooms_collecting"] == told


def test_a_job_that_failed_is_told(db, no_close):
    ScheduledJob.objects.create(name="remind", finished_at=timezone.now(), has_failed=True)
    assert collected_figures()['portal_job_failed{"job": "remind"}'] == 1


def test_what_concerns_security_is_in_the_log_by_pseudonym(db, caplog):
    caplog.set_level("INFO")
    user = make_user("Malik Medarbejder")
    record(What.ROLES_CHANGED, who=user, about=user)
    record(What.LOOKED, who=user, about=user)
    (line,) = [entry for entry in caplog.records if entry.message == "security"]
    assert (line.fields["what"], line.fields["who"]) == ("roles_changed", str(user.pseudonym))
    assert "Malik" not in json.dumps(line.fields)
