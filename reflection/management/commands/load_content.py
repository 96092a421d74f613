from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from compass.content import load
from reflection.content import load_guides


class Command(BaseCommand):
    help = "Bring what is new in content/, each entry once; what editors changed or deleted stays so."

    def add_arguments(self, parser):
        parser.add_argument("--folder", type=Path, default=settings.CONTENT_DIR)

    @transaction.atomic
    def handle(self, *, folder, **options):
        made = {**load(folder), "kompasser": load_guides(folder)}
        for name, number in made.items():
            if number:
                self.stdout.write(f"{number:>4} {name}")
