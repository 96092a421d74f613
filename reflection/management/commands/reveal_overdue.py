from django.core.management.base import BaseCommand

from reflection.models import Reflection


class Command(BaseCommand):
    help = (
        "Reveals the rooms whose set time has come, also those that nobody visits. Run it every minute or so."
    )

    def handle(self, **options):
        rooms = list(Reflection.objects.overdue())
        for room in rooms:
            room.reveal()
        self.stdout.write(f"revealed: {len(rooms)} rooms")
