from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError

from publishing.media import DatabaseStorage


class Command(BaseCommand):
    help = (
        "Copies what lies in MEDIA_ROOT into the database, for an installation that becomes several "
        "machines. Run again, it copies what is missing; nothing is removed from the folder."
    )

    def handle(self, **options):
        if not isinstance(default_storage, DatabaseStorage):
            raise CommandError("Set MEDIA_STORAGE=database first.")
        folder = Path(settings.MEDIA_ROOT)
        files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".part"]
        missing = [path for path in files if not default_storage.exists(str(path.relative_to(folder)))]
        for path in missing:
            with path.open("rb") as content:
                default_storage.save(str(path.relative_to(folder)), File(content))
        self.stdout.write(f"copied: {len(missing)} of {len(files)} files")
