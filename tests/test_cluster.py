"""The files for several machines as `make cluster` fills them in, and the bookkeeping of `make cluster-test`.

That machines die and nobody loses anything is shown by `make cluster-test`, which takes half an hour.
"""

import re
import shutil
import subprocess
import sys
from string import Template

import pytest
import yaml

from bench import cluster
from bench.cluster import DATABASES, NODES, SECRETS, TEMPLATES, rendered
from bench.failures import Attempts, Ledger, Round, next_release, shortcomings
from runner import environment
from tests.processes import ROOT
from tests.test_docs import documented

PORT = 8200
README = (TEMPLATES / "README.md").read_text()
FILES = [path.name for path in TEMPLATES.iterdir() if path.suffix not in {".md", ".in", ".lock"}]
OF_DATABASES = {"etcd.yml", "patroni.yml", "patroni.service", "pgbackrest.conf"}


def values(tmp_path, name: str) -> dict[str, str]:
    common = cluster.common_values(tmp_path, PORT, {secret: f"the {secret}" for secret in SECRETS})
    own = cluster.database_values if name in DATABASES else cluster.node_values
    release = {"RELEASE_FOLDER": str(ROOT), "STATIC_ROOT": str(tmp_path / "static")}
    return common | own(tmp_path, PORT, name) | release


def machines_of(file: str) -> list[str]:
    return DATABASES if file in OF_DATABASES else NODES


@pytest.mark.parametrize("file", FILES)
def test_every_file_is_complete_with_the_values_there_are(file, tmp_path):
    for name in machines_of(file):
        text = rendered(file, values(tmp_path, name))
        assert "$" not in text
        if file.endswith(".yml"):
            assert yaml.safe_load(text)


@pytest.mark.parametrize("file", FILES)
def test_the_readme_names_every_file_and_every_value(file):
    assert f"`{file}`" in README
    assert [
        name for name in Template((TEMPLATES / file).read_text()).get_identifiers() if name not in README
    ] == []


def test_no_two_programs_want_the_same_port(tmp_path):
    listens = ["POSTGRES", "PATRONI", "ETCD", "ETCD_PEER"]
    wanted = [values(tmp_path, name)[what].rpartition(":")[2] for name in DATABASES for what in listens]
    wanted += [values(tmp_path, name)["NODE"].rpartition(":")[2] for name in NODES]
    wanted += [values(tmp_path, name)["POOLER_PORT"] for name in NODES]
    wanted += [values(tmp_path, "a")[what].rpartition(":")[2] for what in ["PAGES_BIND", "PRIMARY_BIND"]]
    assert len(wanted) == len(set(wanted)) == 18
    assert all(PORT <= int(port) <= PORT + 70 for port in wanted)


def test_each_setting_of_a_node_is_one_and_no_secret_stands_there(tmp_path):
    given = cluster.settings(rendered("portal.env", values(tmp_path, "a")))
    owner = cluster.settings(rendered("prepare.env", values(tmp_path, "a")))
    known = documented() | {"DRAIN_SECONDS", "WEB_CONCURRENCY"}
    assert [name for name in given | owner if not {name, name.removesuffix("_FILE")} & known] == []
    assert not any(
        f"the {secret}" in text for secret in SECRETS for text in [*given.values(), *owner.values()]
    )
    assert "DATABASE_OWNER_URL" not in given


def test_a_node_takes_its_leave_for_longer_than_haproxy_needs_to_notice(tmp_path):
    inter, fall = re.search(
        r"inter (\d+)s fall (\d+)", rendered("haproxy.cfg", values(tmp_path, "a"))
    ).groups()
    given = cluster.settings(rendered("portal.env", values(tmp_path, "a")))
    unit = rendered("portal-pages.service", values(tmp_path, "a"))
    assert int(inter) * int(fall) < int(given["DRAIN_SECONDS"])
    assert int(given["DRAIN_SECONDS"]) + 3 < int(re.search(r"TimeoutStopSec=(\d+)", unit)[1])


def test_patroni_has_time_to_keep_what_it_leads(tmp_path):
    """Its own rule; and an election of etcd is over before it gives up."""
    told = yaml.safe_load(rendered("patroni.yml", values(tmp_path, "one")))["bootstrap"]["dcs"]
    etcd = yaml.safe_load(rendered("etcd.yml", values(tmp_path, "one")))
    assert told["ttl"] >= told["loop_wait"] + 2 * told["retry_timeout"]
    assert 2 * etcd["election-timeout"] < told["retry_timeout"] * 1_000
    assert told["synchronous_mode"] is True


def test_what_people_type_is_in_no_log_of_postgresql(tmp_path):
    """The same as the embedded server (runner/postgres.py)."""
    from runner.postgres import DISCREET

    told = yaml.safe_load(rendered("patroni.yml", values(tmp_path, "one")))
    parameters = told["bootstrap"]["dcs"]["postgresql"]["parameters"]
    wanted = dict(setting.split("=") for setting in DISCREET if setting != "-c")
    assert {name: str(parameters[name]) for name in wanted} == wanted


def test_the_poolers_fit_into_postgresql(tmp_path):
    told = yaml.safe_load(rendered("patroni.yml", values(tmp_path, "one")))
    most = told["bootstrap"]["dcs"]["postgresql"]["parameters"]["max_connections"]
    pool = int(re.search(r"default_pool_size = (\d+)", rendered("pgbouncer.ini", values(tmp_path, "a")))[1])
    assert len(NODES) * pool + 50 < most


@pytest.mark.parametrize(
    ("program", "options", "file"),
    [
        ("haproxy", ["-c", "-f"], "haproxy.cfg"),
        *(("systemd-analyze", ["verify"], unit.name) for unit in sorted(TEMPLATES.glob("*.service"))),
    ],
)
def test_the_program_itself_finds_nothing_wrong(program, options, file, tmp_path):
    found = shutil.which(program, path="/usr/sbin:/usr/bin")
    if not found:
        pytest.skip(f"{program} is not installed: apt-get install {program}")
    own = values(tmp_path, "a") | {"FOLDER": str(TEMPLATES), "PATRONI_PROGRAM": sys.executable}
    (tmp_path / file).write_text(re.sub(r"User=\w+", "User=nobody", rendered(file, own)))
    done = subprocess.run([found, *options, tmp_path / file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_who_may_not_install_is_told_what_to_ask_for(monkeypatch):
    monkeypatch.setattr(environment.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(environment, "works", lambda *command: False)
    monkeypatch.setattr(environment.shutil, "which", lambda program: None)
    with pytest.raises(SystemExit) as said:
        environment.install_cluster()
    assert "sudo apt-get install --no-install-recommends etcd-server haproxy pgbouncer" in str(said.value)


def test_passwords_are_made_once_and_nobody_else_reads_them(tmp_path):
    first, again = cluster.passwords(tmp_path), cluster.passwords(tmp_path)
    assert first == again
    assert len(set(first.values())) == len(SECRETS)
    assert {oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir()} == {"0o600"}


def test_another_release_has_another_style_sheet_and_one_more_migration(tmp_path):
    code = next_release(tmp_path, 3)
    ours, theirs = (folder / "reflection" / "migrations" for folder in [ROOT, code])
    added = sorted(path.name for path in theirs.glob("*.py") if not (ours / path.name).exists())
    assert added == ["9002_column_2.py", "9003_column_3.py"]
    assert '("reflection", "9002_column_2")' in (theirs / added[1]).read_text()
    sheet = "static/css/portal.css"
    assert (code / sheet).read_text() != (ROOT / sheet).read_text()


# --- What people sent, and what they may find again ------------------------------------------------


def ledger(*sent: str, acknowledged: int) -> Ledger:
    kept = Ledger()
    for said in sent:
        kept.send({1: said})
    kept.acknowledge(acknowledged)
    return kept


@pytest.mark.parametrize(
    ("stored", "is_lost"),
    [
        ({1: "to"}, False),  # the one that was acknowledged
        ({1: "tre"}, False),  # sent after it, and committed without a receipt
        ({1: "en"}, True),  # from before
        ({}, True),
        ({1: "fire"}, True),  # nobody sent it
    ],
)
def test_lost_is_what_was_acknowledged_and_is_not_there(stored, is_lost):
    assert ledger("en", "to", "tre", acknowledged=1).is_lost(stored) is is_lost


def test_who_was_promised_nothing_has_lost_nothing():
    assert not Ledger().is_lost({})


def test_half_of_one_save_and_half_of_another_is_a_loss():
    kept = Ledger()
    for number in [kept.send({1: "3", 2: "en"}), kept.send({1: "4", 2: "to"})]:
        kept.acknowledge(number)
    assert kept.is_lost({1: "3", 2: "to"})


def attempts(*done: tuple[float, float, bool]) -> Attempts:
    kept = Attempts()
    kept.done = list(done)
    return kept


@pytest.mark.parametrize(
    ("done", "seconds"),
    [
        ([(1, 2, True)], None),  # all before
        ([(9, 11, True)], None),  # it began before and may have been lucky
        ([(11, 12, False)], None),
        ([(11, 12, True), (13, 14, True)], 2),  # nobody noticed: the first that began afterwards
        ([(11, 15, False), (16, 17, True)], 5),
        ([(11, 12, True), (11, 14, False), (15, 16, True)], 4),  # one of two nodes
        ([(11, 12, True), (11, 14, False)], None),
    ],
)
def test_writes_are_back_when_the_last_that_failed_is_over(done, seconds):
    assert attempts(*done).back_after(10) == seconds


GOOD = Round(back=1, acknowledged=9, lost=0, failed=0, on_board=3, board=1, unstyled=0, pages=9)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"lost": 1}, "etcd"),
        ({"on_board": 2}, "etcd"),
        ({"unstyled": 1}, "etcd"),
        ({"astray": 1}, "cut"),
        ({"back": 31}, "primary"),
        ({"back": 3}, "node"),
    ],
)
def test_what_falls_short_is_said(change, fault):
    assert list(shortcomings({fault: [GOOD]}, 3, [0.5])) == []
    assert len(list(shortcomings({fault: [GOOD, GOOD._replace(**change)]}, 3, [0.5]))) == 1


def test_a_reveal_that_is_late_on_the_other_node_is_said():
    assert list(shortcomings({}, 3, [0.5, 1.1])) != []
