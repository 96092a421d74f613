"""How many are in a room and how many are done, for everybody to compare with who sits there.

A code that everybody knows counts browsers, not people. Two windows beside one person are «three who have
answered», so the number is shown to all while answers are taken, and whoever leads confirms it before the
reveal. What they confirm is who was in then: if anybody comes or goes after that, it is void.
"""

from typing import NamedTuple

from django.db import models
from django.utils.text import get_text_list
from django.utils.translation import gettext

from reflection import tokens


class PartyCount(NamedTuple):
    """How many of one party there are and are done; `party` is empty in a room without parties."""

    party: str
    people: int
    done: int

    @property
    def missing(self) -> int:
        return self.people - self.done


class HeadCount(NamedTuple):
    sides: list[PartyCount]

    @property
    def people(self) -> int:
        return sum(side.people for side in self.sides)

    @property
    def done(self) -> int:
        return sum(side.done for side in self.sides)

    @property
    def not_done(self) -> int:
        return self.people - self.done

    @property
    def parties(self) -> list[PartyCount]:
        return [side for side in self.sides if side.party]

    @property
    def missing(self) -> list[PartyCount]:
        return [side for side in self.sides if side.missing]

    @property
    def in_words(self) -> str:
        """«4 fra Ungdomsklubben og 3 fra De frivillige», or the number alone."""
        sides = [gettext("%(people)s fra %(party)s") % side._asdict() for side in self.parties]
        return get_text_list(sides, gettext("og")) or str(self.people)


def head_count(room) -> HeadCount:
    is_done = models.Q(is_done=True)
    counted = room.participants.counted().order_by().values("party")
    found = {
        row["party"]: row
        for row in counted.annotate(people=models.Count("pk"), done=models.Count("pk", filter=is_done))
    }
    sides = [(party.pk, party.title) for party in room.parties.filter(is_absent=False)]
    if not sides or None in found:
        sides.append((None, ""))
    nobody = {"people": 0, "done": 0}
    heads = [(title, found.get(party, nobody)) for party, title in sides]
    return HeadCount([PartyCount(title, row["people"], row["done"]) for title, row in heads])


def people_digest(room) -> str:
    """A digest of who counts in the room now, made-up people aside: it changes when anybody comes or goes."""
    return tokens.digest(_people(room))


def is_same_people(room, counted: str) -> bool:
    """Whether `counted` is a digest of who counts now, made with today's SECRET_KEY or an earlier one."""
    return counted in tokens.digests(_people(room))


def _people(room) -> str:
    people = room.participants.counted().filter(is_pretend=False).order_by("pk")
    return f"{room.key}:{list(people.values_list('pk', flat=True))}"
