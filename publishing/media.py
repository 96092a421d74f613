"""Where uploads are kept: a file is there whole, or not at all."""

import errno
from pathlib import Path
from secrets import token_hex

from django.core.files.storage import FileSystemStorage

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class StorageFullError(Exception):
    """There is no room for the file; nothing of it was kept."""


class WholeFileStorage(FileSystemStorage):
    def _save(self, name, content):
        """Written beside its place and then moved there: a full disk or a stop leaves no half of it."""
        part = f"{name}.{token_hex(4)}.part"
        try:
            part = super()._save(part, content)  # type: ignore[misc]
            Path(self.path(part)).replace(self.path(name))
        except OSError as error:
            self.delete(part)
            if error.errno in NO_ROOM:
                raise StorageFullError from None
            raise
        return name
