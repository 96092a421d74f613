"""A spreadsheet between its trial and its import, one for each person and model.

Nothing leads to it, and only its owner is asked about it. It is removed when it has been imported; what
nobody imports goes after an hour, with the next trial of anybody or with `manage.py purge`.
"""

import hashlib

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils import timezone

from privacy.models import AT_ONCE, Kept
from publishing.slugs import slug_of

FOLDER = "import"
KEPT_FOR = AT_ONCE[Kept.IMPORTS]


class PendingImport:
    def __init__(self, name: str):
        self.name = f"{FOLDER}/{name}"

    @classmethod
    def of(cls, user, label: str) -> "PendingImport":
        return cls(f"{user.pk}-{slug_of(label)}")

    def keep(self, upload: File) -> str:
        """Keep the file, and give back its mark: what is imported must have the same."""
        self.remove()
        for file in past_imports():
            file.remove()
        upload.seek(0)
        default_storage.save(self.name, upload)
        return self.mark()

    def exists(self) -> bool:
        return default_storage.exists(self.name)

    def is_past(self) -> bool:
        try:
            return default_storage.get_modified_time(self.name) < timezone.now() - KEPT_FOR
        except FileNotFoundError:  # somebody else has just removed it
            return False

    def open(self) -> File:
        return default_storage.open(self.name)

    def mark(self) -> str:
        with self.open() as kept:
            return hashlib.sha256(kept.read()).hexdigest()

    def has_mark(self, mark: str) -> bool:
        return self.exists() and self.mark() == mark

    def remove(self):
        default_storage.delete(self.name)


def past_imports() -> list[PendingImport]:
    """What somebody tried and never imported."""
    try:
        names = default_storage.listdir(FOLDER)[1]
    except FileNotFoundError:
        return []
    return [file for file in map(PendingImport, names) if file.is_past()]
