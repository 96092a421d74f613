"""Uploads in the database: whole or not at all, and never more of one in memory than a piece."""

import io
import random
import tracemalloc

import psycopg
import pytest
from django.core.files.base import ContentFile, File
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from publishing.media import PIECE, DatabaseStorage, StorageFullError
from publishing.models import StoredFile, StoredPiece
from tests.processes import run_python

pytestmark = pytest.mark.django_db
LARGE = random.Random(1).randbytes(3 * PIECE + 17)  # noqa: S311


@pytest.fixture
def storage():
    return DatabaseStorage()


@pytest.mark.parametrize("size", [0, 1, PIECE, PIECE + 1, len(LARGE)])
def test_what_is_read_is_what_was_saved(storage, size):
    name = storage.save("lyd/æ.mp3", ContentFile(LARGE[:size]))
    with storage.open(name) as file:
        assert (file.size, file.read()) == (size, LARGE[:size])
    assert storage.size(name) == size


@pytest.mark.parametrize("start", [0, 1, PIECE - 1, PIECE, 2 * PIECE + 5, len(LARGE) - 1, len(LARGE) + 9])
def test_any_part_can_be_read(storage, start):
    name = storage.save("lyd/1.mp3", ContentFile(LARGE))
    with storage.open(name) as file:
        file.seek(start)
        assert file.read(PIECE + 3) == LARGE[start : start + PIECE + 3]
        file.seek(-5, io.SEEK_END)
        assert file.read() == LARGE[-5:]


def test_the_end_of_a_large_file_costs_one_piece(storage, django_assert_num_queries):
    name = storage.save("lyd/1.mp3", ContentFile(LARGE))
    # The file, the piece, and that there is no more.
    with django_assert_num_queries(3), storage.open(name) as file:
        file.seek(3 * PIECE)
        assert file.read() == LARGE[-17:]


class Endless(io.RawIOBase):
    """Twenty megabytes that lie nowhere."""

    def __init__(self):
        self.left = 20_000_000

    def readable(self):
        return True

    def readinto(self, buffer):
        size = min(len(buffer), self.left)
        self.left -= size
        return size


def test_a_large_file_takes_little_memory(storage):
    connection.force_debug_cursor = False
    tracemalloc.start()
    upload = File(Endless(), "stor.mp3")
    upload.size = 20_000_000
    with storage.open(storage.save("lyd/stor.mp3", upload)) as file:
        while file.read(64 * 1024):
            pass
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20 * PIECE


def test_a_name_that_is_taken_gets_another(storage):
    names = [storage.save("filer/plan.pdf", ContentFile(text)) for text in [b"1", b"2"]]
    assert [storage.open(name).read() for name in names] == [b"1", b"2"]
    assert names[0] != names[1]


def test_what_is_not_there_says_so_as_in_a_folder(storage):
    assert not storage.exists("filer/plan.pdf")
    storage.delete("filer/plan.pdf")
    for ask in [storage.open, storage.size, storage.get_modified_time]:
        with pytest.raises(FileNotFoundError):
            ask("filer/plan.pdf")


def test_what_is_deleted_leaves_nothing(storage):
    storage.delete(storage.save("lyd/1.mp3", ContentFile(LARGE)))
    assert (StoredFile.objects.count(), StoredPiece.objects.count()) == (0, 0)


def test_only_what_lies_right_in_a_folder_is_listed(storage):
    for name in ["import/1-historier", "import/dybt/2", "importeret/3"]:
        storage.save(name, ContentFile(b"x"))
    assert storage.listdir("import") == ([], ["1-historier"])


def test_a_full_disk_is_said_as_for_a_folder(storage, monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError from psycopg.errors.DiskFull()

    monkeypatch.setattr(StoredPiece.objects.__class__, "create", refuse)
    with pytest.raises(StorageFullError):
        storage.save("lyd/1.mp3", ContentFile(LARGE))
    assert not StoredFile.objects.exists()


def test_a_place_that_nobody_knows_stops_the_start():
    done = run_python("import django; django.setup()", MEDIA_STORAGE="skyen")
    assert "MEDIA_STORAGE must be folder or database, not 'skyen'." in done.stderr


# --- From a folder to the database ------------------------------------------------------------------


def test_what_lies_in_the_folder_is_copied_once_and_half_files_are_not(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "default": settings.MEDIA_STORAGES["database"]}
    for name in ["lyd/1.mp3", "filer/æ.pdf", "lyd/2.mp3.0a1b.part"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    for said in ["copied: 2 of 2 files", "copied: 0 of 2 files"]:
        output = io.StringIO()
        call_command("move_uploads", stdout=output)
        assert output.getvalue().strip() == said
    with DatabaseStorage().open("filer/æ.pdf") as file:
        assert file.read() == "filer/æ.pdf".encode()
    assert StoredFile.objects.count() == 2


def test_a_portal_that_keeps_its_folder_is_left_alone():
    with pytest.raises(CommandError, match="MEDIA_STORAGE=database"):
        call_command("move_uploads")
