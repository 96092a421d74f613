"""Figures of a survey out of a spreadsheet: `manage.py import_figures 2023 tal.xlsx --dry-run`."""

from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError

from compass.charts import shown
from compass.models import ResearchWave
from compass.research import import_figures
from compass.tables import read


class Command(BaseCommand):
    help = "Put the figures of a spreadsheet (tekst, engelsk, tal, enhed) in place of those of a survey."

    def add_arguments(self, parser):
        parser.add_argument("year", type=int, help="the year of the survey, e.g. 2023")
        parser.add_argument("file", type=Path, help="XLSX or CSV; its first row names the columns")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle(self, *args, year: int, file: Path, dry_run: bool, **options):
        wave = ResearchWave.objects.filter(year=year).first()
        if wave is None:
            raise CommandError(f"Der er ingen undersøgelse fra {year}. Opret den først i redaktionen.")
        try:
            with file.open("rb") as opened:
                result = import_figures(wave, read(File(opened)), dry_run=dry_run)
        except OSError as error:
            raise CommandError(f"Filen kan ikke læses: {error.strerror}") from error
        except ValidationError as error:
            raise CommandError(error.message) from error
        if result.note:
            self.stdout.write(result.note)
        if result.errors:
            raise CommandError("\n".join(["Intet er ændret.", *result.errors]))
        for figure in result.figures:
            self.stdout.write(f"{figure.position}. {figure.label}: {shown(figure.value)} {figure.unit}")
        self.stdout.write("Prøve: Intet er ændret." if dry_run else f"{wave.title} har nu disse tal.")
