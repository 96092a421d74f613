"""Where uploads are kept: a file is there whole, or not at all."""

import errno
import io
import logging
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db import OperationalError, transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.deconstruct import deconstructible

from publishing.models import StoredFile

logger = logging.getLogger("aarhuskompas.access")
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
PIECE = 256 * 1024


class StorageFullError(Exception):
    """There is no room for the file; nothing of it was kept."""


def is_full(error: BaseException | None) -> bool:
    """Whether there was no room: for an upload, or for what is kept of it until it has come."""
    return isinstance(error, StorageFullError) or (isinstance(error, OSError) and error.errno in NO_ROOM)


def no_room(request) -> HttpResponse:
    """In words for whoever uploads, and in the log for whoever can make room."""
    logger.error("there is no room for uploads")
    return render(request, "507.html", status=507)


class WholeUploadHandler(TemporaryFileUploadHandler):
    """What comes of a form lies beside until it is looked at; of what found no room nothing stays."""

    def receive_data_chunk(self, raw_data, start):
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError:
            with suppress(OSError):  # closing it writes what was left
                self.upload_interrupted()
            raise


class WholeFileStorage(FileSystemStorage):
    """In a folder, which all nodes must reach."""

    def sizes(self, names: Iterable[str]) -> dict[str, int]:
        """In bytes, of those there are."""
        return {name: self.size(name) for name in names if self.exists(name)}

    def _save(self, name, content):
        """Written beside its place and then moved there: a full disk or a stop leaves no half of it."""
        part = f"{name}.{token_hex(4)}.part"
        try:
            part = super()._save(part, content)  # type: ignore[misc]
            Path(self.path(part)).replace(self.path(name))
        except OSError as error:
            self.delete(part)
            if is_full(error):
                raise StorageFullError from None
            raise
        return name


@deconstructible(path="publishing.media.DatabaseStorage")
class DatabaseStorage(Storage):
    """In PostgreSQL, which all nodes reach, and whose second copy and backup then hold the files too."""

    def _open(self, name: str, mode: str = "rb") -> File:
        return File(io.BufferedReader(StoredContent(self._row(name)), PIECE), name)

    def _save(self, name: str, content: File) -> str:
        try:
            with transaction.atomic():
                file = StoredFile.objects.create(name=name)
                for number, piece in enumerate(content.chunks(PIECE)):
                    file.pieces.create(number=number, content=piece)
                    file.size += len(piece)
                file.save()
        except OperationalError as error:
            if isinstance(error.__cause__, psycopg.errors.DiskFull):
                raise StorageFullError from None
            raise
        return name

    def delete(self, name: str) -> None:
        StoredFile.objects.filter(name=name).delete()

    def exists(self, name: str) -> bool:
        return StoredFile.objects.filter(name=name).exists()

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """The files right in it; nothing of ours asks for folders."""
        names = StoredFile.objects.filter(name__startswith=f"{path}/").values_list("name", flat=True)
        inside = [name.removeprefix(f"{path}/") for name in names]
        return [], [name for name in inside if "/" not in name]

    def size(self, name: str) -> int:
        return self._row(name).size

    def sizes(self, names: Iterable[str]) -> dict[str, int]:
        """In one query."""
        return dict(StoredFile.objects.filter(name__in=names).values_list("name", "size"))

    def get_modified_time(self, name: str) -> datetime:
        return self._row(name).modified_at

    def url(self, name: str | None) -> str:
        return f"{settings.MEDIA_URL}{quote(name or '')}"

    def _row(self, name: str) -> StoredFile:
        try:
            return StoredFile.objects.get(name=name)
        except StoredFile.DoesNotExist:
            raise FileNotFoundError(name) from None


class StoredContent(io.RawIOBase):
    """What a stored file holds, one piece after the other; no more than one is in memory."""

    def __init__(self, file: StoredFile):
        self.file, self.position = file, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self.position, io.SEEK_END: self.file.size}[whence]
        self.position = begin + offset
        return self.position

    def readinto(self, buffer) -> int:
        number, inside = divmod(self.position, PIECE)
        pieces = self.file.pieces.filter(number=number).values_list("content", flat=True)
        part = bytes(pieces.first() or b"")[inside : inside + len(buffer)]
        buffer[: len(part)] = part
        self.position += len(part)
        return len(part)
