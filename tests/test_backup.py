"""A backup that is put back on another machine: every row and file, and nobody who was erased since."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from privacy import erasures
from privacy.models import Erasure
from reflection.models import Answer, Participant
from runner import postgres
from tests.factories import make_guide, make_room, make_user
from tests.processes import ROOT, environment

# --- Two machines --------------------------------------------------------------------------------


class Machine:
    """A database server of its own, and a folder for files."""

    def __init__(self, folder: Path):
        self.server = postgres.Server(folder / "postgres", ("-c", "fsync=off"))
        self.media, self.erasures = folder / "media", folder / "erasures.jsonl"
        self.media.mkdir(parents=True)

    def run(self, *command: str | Path) -> str:
        given = environment(DATABASE_URL=None) | self.server.environment()
        given |= {"MEDIA_ROOT": str(self.media), "ERASURES_FILE": str(self.erasures), "LOG_LEVEL": "ERROR"}
        done = subprocess.run(
            list(map(str, command)), env=given, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def manage(self, *arguments: str) -> str:
        return self.run(sys.executable, "manage.py", *arguments)

    def python(self, code: str) -> str:
        return self.run(sys.executable, "-c", f"import django; django.setup()\n{code}")

    def rows(self, statement: str, *values: str) -> list[tuple]:
        address = {"host": str(self.server.socket_folder), "user": postgres.OWNER, "dbname": postgres.NAME}
        with psycopg.connect(**address) as database:
            return database.execute(statement, values or None).fetchall()

    def tables(self) -> dict[str, tuple]:
        """Of each table how many rows it has, and a hash of them in whatever order."""
        names = self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        what = "count(*), md5(coalesce(string_agg(md5(r::text), '' ORDER BY md5(r::text)), ''))"
        return {name: self.rows(f'SELECT {what} FROM "{name}" r')[0] for (name,) in names}  # noqa: S608

    def files(self) -> dict[str, str]:
        found = (path for path in self.media.rglob("*") if path.is_file())
        return {
            str(path.relative_to(self.media)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found
        }


@pytest.fixture(scope="module")
def machines(tmp_path_factory):
    made = [Machine(tmp_path_factory.mktemp(name)) for name in ["old", "new"]]
    for machine in made:
        machine.server.start()
    yield made
    for machine in made:
        machine.server.stop()


FILL = """
from tests import factories
from tests.routes import make_examples
from accounts.models import User
make_examples(User.objects.get(email="medarbejder@example.dk"))
room = factories.make_room(leader=User.objects.first())
alma, bo = room.participants.create(name="Alma"), room.participants.create(name="Bo")
for person in [alma, bo]:
    for prompt in room.version.steps.first().answered_prompts:
        person.answers.create(prompt=prompt, value=3, text="")
print(room.key, room.code, alma.key, bo.key)
"""
ERASE = """
from reflection.models import Participant
Participant.objects.get(key="{alma}").withdraw()
Participant.objects.get(key="{bo}").delete()
from accounts.models import User
User.objects.get(email="kollega@example.dk").delete()
"""
ANSWERS = """
SELECT count(*) FROM reflection_answer
JOIN reflection_participant AS p ON p.id = participant_id WHERE p.key = %s
"""
OPEN = "from reflection.models import Reflection; print(Reflection.objects.by_code('{code}').get().key)"


@pytest.mark.long
def test_everything_comes_back_and_what_was_erased_since_does_not(machines, tmp_path):
    old, new = machines
    old.manage("prepare")
    old.manage("demo_accounts")
    key, code, alma, bo = old.python(FILL).split()
    (old.media / "filer").mkdir(exist_ok=True)
    (old.media / "filer" / "æøå.pdf").write_bytes(b"%PDF")
    tables, files = old.tables(), old.files()
    assert tables["reflection_answer"][0] >= 4
    assert len(files) > 10
    backup = old.run("sh", "deploy/backup/backup.sh", tmp_path)
    assert {path.name for path in Path(backup).iterdir()} == {"checksums", "files.tar", "rows.dump"}
    old.python(ERASE.format(alma=alma, bo=bo))

    started = time.monotonic()
    new.run("sh", "deploy/backup/restore.sh", backup)
    assert new.tables() == tables
    assert new.files() == files
    shutil.copy(old.erasures, new.erasures)
    assert new.manage("prepare") == "erased again, as they were since the backup: 3"
    took = time.monotonic() - started

    assert new.python(OPEN.format(code=code)) == key
    assert new.rows("SELECT count(*) FROM reflection_participant WHERE key = %s", bo) == [(0,)]
    assert (old.rows(ANSWERS, alma), new.rows(ANSWERS, alma)) == ([(0,)], [(0,)])
    assert new.rows("SELECT count(*) FROM accounts_user WHERE email = 'kollega@example.dk'") == [(0,)]
    assert new.manage("prepare") == ""
    print(f"restored and prepared in {took:.1f} s")  # noqa: T201


def test_a_backup_that_was_changed_is_not_put_back(machines, tmp_path):
    _old, new = machines
    for name in ["rows.dump", "files.tar"]:
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "checksums").write_text("0" * 64 + "  rows.dump\n")
    before = new.tables()
    done = subprocess.run(
        ["sh", ROOT / "deploy" / "backup" / "restore.sh", tmp_path],
        env=os.environ | new.server.environment() | {"MEDIA_ROOT": str(new.media)},
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert new.tables() == before


# --- The list of erasures ------------------------------------------------------------------------


@pytest.fixture
def listed(settings, tmp_path):
    """A function: the lines of the list."""
    settings.ERASURES_FILE = str(tmp_path / "erasures.jsonl")
    path = Path(settings.ERASURES_FILE)
    return lambda: (
        [json.loads(line) for line in path.read_text().split("\n") if line] if path.exists() else []
    )


@pytest.fixture
def room(db):
    make_guide(steps=1)
    return make_room(leader=make_user("Malik Medarbejder"))


def forget_that_it_was_erased():
    """As a database from before does not know it."""
    Erasure.objects.all().delete()


def test_an_erasure_is_listed_when_it_is_committed_without_a_name(
    room, listed, django_capture_on_commit_callbacks
):
    person = room.participants.create(name="Alma")
    key = str(person.key)
    with django_capture_on_commit_callbacks(execute=True):
        person.delete()
        assert listed() == []
    (line,) = listed()
    assert line == {"erasure": str(Erasure.objects.get().pk), "what": "reflection.participant", "key": key}


def test_who_answers_again_after_taking_everything_back_loses_nothing_at_a_restart(
    room, listed, django_capture_on_commit_callbacks
):
    person = room.participants.create()
    (prompt, *_rest) = room.version.steps.get().answered_prompts
    person.answers.create(prompt=prompt, value=2)
    with django_capture_on_commit_callbacks(execute=True):
        person.withdraw()
    person.answers.create(prompt=prompt, value=4)
    assert erasures.erase_again() == 0
    assert Answer.objects.get().value == 4
    forget_that_it_was_erased()
    assert erasures.erase_again() == 1
    assert not Answer.objects.exists()


def test_taking_nothing_back_is_no_erasure(room):
    assert room.participants.create().withdraw()
    assert not Erasure.objects.exists()


def test_an_account_that_owns_something_again_is_closed(room, listed, django_capture_on_commit_callbacks):
    user = room.owner
    with django_capture_on_commit_callbacks(execute=True):
        erasures.note(type(user), user.pseudonym)
    forget_that_it_was_erased()
    assert erasures.erase_again() == 1
    user.refresh_from_db()
    assert not user.is_active


def test_a_room_that_was_deleted_goes_with_what_hangs_on_it(room, listed, django_capture_on_commit_callbacks):
    room.participants.create()
    with django_capture_on_commit_callbacks(execute=True):
        erasures.note(type(room), room.key)
    forget_that_it_was_erased()
    assert erasures.erase_again() == 1
    assert not Participant.objects.exists()


def test_a_list_that_cannot_be_written_stops_nobody(
    room, settings, tmp_path, caplog, django_capture_on_commit_callbacks
):
    settings.ERASURES_FILE = str(tmp_path / "nowhere" / "erasures.jsonl")
    with django_capture_on_commit_callbacks(execute=True):
        room.participants.create().delete()
    assert "ERASURES_FILE cannot be written" in caplog.text


def test_half_a_line_of_a_full_disk_spoils_no_other_and_stops_no_start(
    room, listed, small_disk, settings, django_capture_on_commit_callbacks
):
    first, second = room.participants.create(), room.participants.create()
    with small_disk(20), django_capture_on_commit_callbacks(execute=True):
        first.delete()
    with django_capture_on_commit_callbacks(execute=True):
        second.delete()
    assert len(Path(settings.ERASURES_FILE).read_text().split()[0]) < 20
    forget_that_it_was_erased()
    assert erasures.erase_again() == 1
