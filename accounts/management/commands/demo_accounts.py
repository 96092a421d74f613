import os
import secrets

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand

from accounts.models import User
from accounts.roles import ADMINISTRATOR, EDITOR, METHOD_OWNER

PEOPLE = [
    ("administrator@example.dk", "Ada Administrator", ADMINISTRATOR),
    ("redaktor@example.dk", "Rikke Redaktør", EDITOR),
    ("metode@example.dk", "Mette Metodeansvarlig", METHOD_OWNER),
    ("medarbejder@example.dk", "Malik Medarbejder", None),
    ("kollega@example.dk", "Karen Kollega", None),
]


class Command(BaseCommand):
    help = "Make the demo accounts, once, with one password: DEMO_PASSWORD or a random one."

    def handle(self, **options):
        known = {user.email: user for user in User.objects.filter(email__in=[email for email, *_ in PEOPLE])}
        wanted = os.environ.get("DEMO_PASSWORD", "")
        if len(known) == len(PEOPLE) and (not wanted or known[PEOPLE[0][0]].check_password(wanted)):
            return  # they all have the same password, so one look is enough
        password = wanted or f"kompas-{secrets.token_hex(4)}"
        encoded = make_password(password)  # once for all: it takes its time on purpose
        for email, name, role in PEOPLE:
            if wanted or email not in known:
                self._make(known.get(email) or User(email=email, name=name), role, encoded)
        self.stdout.write("Demo accounts (the password is shown this once):")
        for email, _, role in PEOPLE:
            self.stdout.write(f"  {email:<26} {role or 'medarbejder'}")
        self.stdout.write(f"  password: {password}")

    def _make(self, user, role, encoded):
        user.is_staff = role is not None
        user.password = encoded
        user.save()
        user.groups.set(Group.objects.filter(name=role))
