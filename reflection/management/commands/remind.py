from django.core.management.base import BaseCommand

from reflection.reminding import remind, to_remind


class Command(BaseCommand):
    help = "Reminds those with an account who are not done, once a day at most. Run it daily."

    def handle(self, **options):
        sent = sum(remind(person) for person in to_remind())
        self.stdout.write(f"sent: {sent} reminders")
