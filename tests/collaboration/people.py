"""People in a round, each with a browser of their own, who do everything through the pages."""

from django.test import Client
from django.urls import reverse

from collaboration.models import Consent
from reflection.models import Participant
from tests.reflection.people import enter, place_of

SIDES = [[(2, 4, 4)] * 4, [(3, 5, 2)] * 4]

# What everybody with a place in the room asks for, and what it takes beside the room's key.
PAGES_OF_A_ROUND = ["result", "pair", "agree", "consent", "case"]
ARGUMENTS = {
    "pair": {"number": 1}, "paper_consent": {"position": 1},
}  # fmt: skip


def address(name: str, room, **kwargs) -> str:
    return reverse(f"collaboration:{name}", kwargs={"key": room.key, **kwargs})


class Person:
    """Somebody of one party; `number` is what they answer, `guessed` what they guess of others."""

    def __init__(self, page, room, party, *, number, guessed, sureness=4, **said):
        self.page, self.room, self.party = page, room, party
        self.number, self.guessed, self.sureness = str(number), str(guessed), str(sureness)
        self.browser: Client = enter(room, party=party.pk, **said)

    @property
    def place(self) -> Participant:
        return place_of(self.browser, self.room)

    def get(self, url, **options):
        return self.page(url, by=self.browser, **options)

    def answer_and_guess(self):
        """From «Begynd» to «Jeg er færdig»; returns the page one waits on."""
        now = self.get(reverse("reflection:welcome", args=[self.room.key]))
        now = now.form("main form").send({"safety": "4"}, button="Begynd")
        while "/trin/" in now.url:
            is_last = "Jeg er færdig" in now.texts("main form button")
            now = now.form().send(self._fill(now), button="Jeg er færdig" if is_last else "Fortsæt")
        return now

    def _fill(self, page) -> dict:
        names = {field.get("name") for field in page.select("main form input[type=radio]")}
        guesses = {name for name in names if "-about-" in name}
        own = dict.fromkeys(names - guesses - {"sureness"}, self.number)
        sure = {"sureness": self.sureness} if "sureness" in names else {}
        return own | dict.fromkeys(guesses, self.guessed) | sure


def say_yes(opened, *names, people=None):
    """Everybody who answered (or `people`) says yes to the named questions."""
    for place in people if people is not None else opened.reflection.participants.counted():
        Consent.objects.update_or_create(participant=place, defaults=dict.fromkeys(names, True))


def go_to(opened, state: str):
    """Bring a round that collects to «revealed» or «concluded»."""
    if state != "collecting":
        opened.reflection.reveal()
    if state == "concluded":
        opened.what, opened.who, opened.due = "Vi mødes.", "Bo", "2027-06-01"
        opened.conclude()
    opened.refresh_from_db()
