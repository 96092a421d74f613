from django.core.management.base import BaseCommand

from reflection.reminders import send_all


class Command(BaseCommand):
    help = (
        "Sends what is due, each mail once: to who has not answered, and when the date of an agreement, "
        "of a look back or of a goodbye has come. Run it daily; what could not be sent goes the next time."
    )

    def handle(self, **options):
        sent, kept = send_all()
        self.stdout.write(f"sent: {sent} reminders; not sent and still due: {kept}")
