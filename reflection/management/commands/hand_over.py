from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from reflection.own_data import hand_over


class Command(BaseCommand):
    help = (
        "Gives the goals, collaborations and rooms of one account to another, so that the first can be "
        "deleted. What somebody answered alone is deleted and not handed over."
    )

    def add_arguments(self, parser):
        parser.add_argument("owner", help="the e-mail of who owns it now")
        parser.add_argument("to", help="the e-mail of who takes it over")

    def handle(self, *, owner, to, **options):
        user, taker = self._find(owner), self._find(to)
        if user == taker:
            raise CommandError("That is the same account twice.")
        self.stdout.write(f"handed over: {hand_over(user, taker)}")

    def _find(self, email: str):
        found = get_user_model().objects.filter(email=email.strip().lower(), is_active=True).first()
        if found is None:
            raise CommandError("There is no active account with one of these e-mails.")
        return found
