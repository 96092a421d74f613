import os
import secrets

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
        missing = [person for person in PEOPLE if not User.objects.filter(email=person[0]).exists()]
        wanted = os.environ.get("DEMO_PASSWORD", "")
        if not missing and not wanted:
            return
        password = wanted or f"kompas-{secrets.token_hex(4)}"
        for email, name, role in PEOPLE if wanted else missing:
            self._make(email, name, role, password)
        self.stdout.write("Demo accounts (the password is shown this once):")
        for email, _, role in PEOPLE:
            self.stdout.write(f"  {email:<26} {role or 'medarbejder'}")
        self.stdout.write(f"  password: {password}")

    def _make(self, email, name, role, password):
        user = User.objects.filter(email=email).first() or User(email=email, name=name)
        if not user.check_password(password):
            user.set_password(password)
        user.save()
        user.groups.set(Group.objects.filter(name=role))
