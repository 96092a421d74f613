"""Figures of a survey out of a CSV file: `manage.py import_figures 2023 tal.csv --dry-run`."""

from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from compass.charts import shown
from compass.models import ResearchWave
from compass.research import decoded, import_figures


class Command(BaseCommand):
    help = "Put the figures of a CSV file (tekst;engelsk;tal;enhed) in place of those of a survey."

    def add_arguments(self, parser):
        parser.add_argument("year", type=int, help="the year of the survey, e.g. 2023")
        parser.add_argument("file", type=Path, help="a CSV file in UTF-8; its first line names the columns")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle(self, *args, year: int, file: Path, dry_run: bool, **options):
        wave = ResearchWave.objects.filter(year=year).first()
        if wave is None:
            raise CommandError(f"Der er ingen undersøgelse fra {year}. Opret den først i redaktionen.")
        try:
            result = import_figures(wave, decoded(file.read_bytes()), dry_run=dry_run)
        except OSError as error:
            raise CommandError(f"Filen kan ikke læses: {error.strerror}") from error
        except ValidationError as error:
            raise CommandError(error.message) from error
        if result.errors:
            raise CommandError("\n".join(["Intet er ændret.", *result.errors]))
        for figure in result.figures:
            self.stdout.write(f"{figure.position}. {figure.label}: {shown(figure.value)} {figure.unit}")
        self.stdout.write("Prøve: Intet er ændret." if dry_run else f"{wave.title} har nu disse tal.")
