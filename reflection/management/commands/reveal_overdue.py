from django.core.management.base import BaseCommand

from reflection.models import Reflection


class Command(BaseCommand):
    help = (
        "Reveals the rooms whose set time has come and whose people have been counted, also those that "
        "nobody visits. Run it every minute or so."
    )

    def handle(self, **options):
        revealed = [room for room in Reflection.objects.overdue() if room.reveal_if_counted()]
        self.stdout.write(f"revealed: {len(revealed)} rooms")
