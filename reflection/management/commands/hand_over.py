from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from reflection.privacy.emergency_access import reason_field
from reflection.privacy.handover import hand_over

BY = "Driften"  # as everybody in the rooms reads it


class Command(BaseCommand):
    help = (
        "Gives the goals, collaborations and rooms of one account, open or closed, to another, so that the "
        "first can be deleted. What somebody answered alone is deleted and not handed over. Everybody in the "
        "rooms reads the reason."
    )

    def add_arguments(self, parser):
        parser.add_argument("owner", help="the e-mail of who owns it now")
        parser.add_argument("to", help="the e-mail of who takes it over")
        parser.add_argument("--reason", required=True, help="a sentence, in Danish, for those in the rooms")

    def handle(self, *, owner, to, reason, **options):
        everybody = User.objects.without_traces()
        able = everybody.begun().filter(
            is_active=True
        )  # what nobody has begun an administrator can readdress
        user, taker = self._find(everybody, owner), self._find(able, to)
        if user == taker:
            raise CommandError("That is the same account twice.")
        if user.is_restricted:
            raise CommandError("The processing of what is theirs is restricted: lift that first.")
        try:
            reason = reason_field(required="Skriv grunden.", help_text="").clean(reason)
        except ValidationError as error:
            raise CommandError(error.messages[0]) from None
        self.stdout.write(f"handed over: {hand_over(user, taker, reason=reason, name=BY)}")

    def _find(self, accounts, email: str):
        found = accounts.filter(email=email.strip().lower()).first()
        if found is None:
            raise CommandError("There is no such account with one of these e-mails.")
        return found
