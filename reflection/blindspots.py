"""Own answer, guess and answer compared: where do we know each other, and where not?

A guess is compared with the mean and the spread of the party it is about, never with one person. The
numbers are fractions, so that 1.5 is 1.5. The words stand in the guide (GuideVersion.texts).
"""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publishing.translated import Text
from reflection import confidentiality
from reflection.confidentiality import Values
from reflection.models import Party, Prompt, Reflection, Step

CLOSE = Fraction(1, 2)  # from here on a guess is beside the mark
FAR = Fraction(3, 2)  # from here on it is a blind spot
SURE = Fraction(7, 2)  # of 1–4: most were completely sure
DIVIDED = 3  # from the lowest to the highest answer
TO_ASK_ABOUT = 2


WORDS = {  # where a guide has none of its own
    "knows-title": gettext_lazy("I kender hinanden her"),
    "knows-text": gettext_lazy("Jeres gæt ramte. Spørg alligevel, om det er af de samme grunde."),
    "close-title": gettext_lazy("Lidt ved siden af"),
    "close-text": gettext_lazy("I har en fornemmelse, men noget mangler. Bed om et eksempel."),
    "too-high-title": gettext_lazy("De har det sværere, end I troede"),
    "too-high-text": gettext_lazy("Begynd her. Spørg, hvad der skulle til, for at tallet steg med én."),
    "too-low-title": gettext_lazy("Det går bedre, end I troede"),
    "too-low-text": gettext_lazy("Find ud af, hvad der virker, så I kan gøre mere af det."),
    "sure-but-wrong-title": gettext_lazy("Sikker, men ved siden af"),
    "sure-but-wrong-text": gettext_lazy("Det sker for alle. Det er netop her, man glemmer at spørge."),
    "divided-title": gettext_lazy("De er ikke enige indbyrdes"),
    "divided-text": gettext_lazy("Der er flere svar end ét. Spørg mere end én."),
}


class Spot(NamedTuple):
    """What one party guessed of another about one principle. None is what may not be shown."""

    step: Step
    statement: Prompt
    guesser: Party
    about: Party
    own: Values | None
    guess: Values | None
    answer: Values | None

    @property
    def error(self) -> Fraction | None:
        """The guess minus the answer: above zero where it was too high."""
        if self.guess_mean is None or self.answer_mean is None:
            return None
        return self.guess_mean - self.answer_mean

    @property
    def guess_mean(self) -> Fraction | None:
        return mean(self.guess)

    @property
    def answer_mean(self) -> Fraction | None:
        return mean(self.answer)

    @property
    def guess_mean_shown(self) -> str:
        return shown(self.guess_mean, is_whole=self._is_far)

    @property
    def answer_mean_shown(self) -> str:
        return shown(self.answer_mean, is_whole=self._is_far)

    @property
    def _is_far(self) -> bool:
        """«4 mod 2» says enough where they are so far apart that two whole numbers differ."""
        return self.distance is not None and self.distance >= FAR

    @property
    def distance(self) -> Fraction | None:
        return None if self.error is None else abs(self.error)

    @property
    def sureness(self) -> Fraction | None:
        """How sure the guessers were, 1 to 4."""
        return _mean_of_counts(self.guess.sureness) if self.guess else None

    @property
    def kind(self) -> str:
        """The result, as the guide's texts name it; empty where nothing can be compared."""
        if self.distance is None:
            return ""
        if self.distance >= FAR:
            if self.sureness is not None and self.sureness >= SURE:
                return "sure-but-wrong"
            return "too-high" if self.error > 0 else "too-low"
        if self.distance >= CLOSE:
            return "close"
        return "divided" if self.answer.reach >= DIVIDED else "knows"

    @property
    def title(self) -> str:
        return self._words("title")

    @property
    def text(self) -> str:
        return self._words("text")

    def _words(self, part: str) -> Text:
        """As the guide says it, else as every guide does."""
        key = f"{self.kind}-{part}"
        return self.step.version.text(key) or Text(WORDS.get(key, ""))

    @property
    def sentence(self) -> str:
        """What is to be seen, in words; or why there is nothing to be seen."""
        if self.about.is_absent:
            return _("%(about)s har ikke svaret. Det her er kun et gæt.") % {"about": self.about}
        if not self.kind:
            return _("Gæt og svar kan ikke vises sammen: der er for få svar.")
        means = {"guesser": self.guesser, "guess": self.guess_mean_shown}
        means |= {"about": self.about, "answer": self.answer_mean_shown}
        sentence = _("I snit: %(guesser)s gættede %(guess)s, %(about)s svarede %(answer)s.") % means
        if self.kind != "divided":
            return sentence
        ends = {"low": self.answer.low, "high": self.answer.high}
        return f"{sentence} {_('Svarene går fra %(low)s til %(high)s.') % ends}"

    @property
    def rows(self) -> list[tuple[str, Values | None, Fraction | None]]:
        """The three lines of the picture and of the table: name, values, mean."""
        named = [("own", self.own), ("guess", self.guess), ("answer", self.answer)]
        return [(name, values, mean(values)) for name, values in named]


class Pair(NamedTuple):
    """Two parties and one principle: what each guessed of the other."""

    step: Step
    statement: Prompt
    spots: list[Spot]
    topic: Spot | None = None  # where it is one of those to ask about

    @property
    def distance(self) -> float:
        """Of the guess that was furthest from the answer; below zero where nothing is compared."""
        return float(max(-1 if spot.distance is None else spot.distance for spot in self.spots))

    @property
    def sides(self) -> frozenset[int]:
        return frozenset(party.pk for spot in self.spots for party in [spot.guesser, spot.about])


def compared(spot: Spot) -> dict:
    """The same as plain data: the picture, and the words around it, for pages, files and minutes alike."""
    return {
        "guesser": spot.guesser.title,
        "about": spot.about.title,
        "title": _("%(guesser)s gættede på %(about)s") % {"guesser": spot.guesser, "about": spot.about},
        "finding": str(spot.title) if spot.kind else "",
        "text": str(spot.text) if spot.kind else "",
        "sentence": spot.sentence,
        "marks": [_mark(spot, *row) for row in spot.rows],
    }


def compared_at(slide) -> list[dict]:
    """Of a slide that shows a pair, for the minutes."""
    return [compared(spot) for spot in slide.shown.spots]


def _mark(spot: Spot, kind: str, values: Values | None, middle: Fraction | None) -> dict:
    labels = {
        "own": _("%(party)s om sig selv") % {"party": spot.guesser},
        "guess": _("%(party)s gættede") % {"party": spot.guesser},
        "answer": _("%(party)s svarede") % {"party": spot.about},
    }
    return {
        "kind": kind,
        "label": labels[kind],
        "mean": None if middle is None else float(middle),
        "shown": shown(middle),
        "low": values.low if values and middle is not None else None,
        "high": values.high if values and middle is not None else None,
    }


def spots(reflection: Reflection, *, is_outside: bool = False) -> list[Spot]:
    """Every guess of every party about every other, largest distance first; empty before the reveal.

    `is_outside` for somebody who was not in the room: see confidentiality.cells.
    """
    if not reflection.is_revealed:
        return []
    shown = confidentiality.cells(reflection, is_outside=is_outside)
    return compare(statements(reflection), list(reflection.parties.all()), shown)


def compare(rated: list[tuple[Step, Prompt]], parties: list[Party], shown: dict) -> list[Spot]:
    """What `shown` (confidentiality.cells) tells of each guess, largest distance first."""
    found = [
        _spot(shown, step, statement, guesser, about)
        for step, statement in rated
        for guesser in parties
        for about in parties
        if guesser != about and not guesser.is_absent
    ]
    return sorted(found, key=_order)


def statements(reflection: Reflection) -> list[tuple[Step, Prompt]]:
    """The principles and what is rated of each."""
    steps = reflection.version.steps.select_related("version").prefetch_related("prompts")
    return [(step, prompt) for step in steps for prompt in step.scales]


def pairs(found: list[Spot], first: Party, other: Party) -> list[Pair]:
    """The principles as two parties see them, in the order of `found`."""
    sides = {first.pk, other.pk}
    by_statement: dict[int, list[Spot]] = {}
    for spot in found:
        if {spot.guesser.pk, spot.about.pk} == sides:
            by_statement.setdefault(spot.statement.pk, []).append(spot)
    return [Pair(both[0].step, both[0].statement, both) for both in by_statement.values()]


def party_pairs(reflection: Reflection) -> list[tuple[Party, Party]]:
    return list(combinations(reflection.parties.all(), 2))


def to_ask_about(found: list[Spot]) -> list[Spot]:
    """The guesses with the largest distance, of two principles."""
    chosen: dict[int, Spot] = {}
    for spot in found:
        if spot.distance is not None:
            chosen.setdefault(spot.step.pk, spot)
    return list(chosen.values())[:TO_ASK_ABOUT]


def shown(mean: Fraction | None, *, is_whole: bool = False) -> str:
    """A mean of few people as one says it: with one decimal at most, a half rounded up."""
    if mean is None:
        return ""
    rounded = Decimal(float(mean)).quantize(Decimal(1) if is_whole else Decimal("0.1"), ROUND_HALF_UP)
    return number_format(rounded.to_integral() if rounded == rounded.to_integral() else rounded)


def mean(values: Values | None) -> Fraction | None:
    return _mean_of_counts(values.counts) if values else None


def _mean_of_counts(counts: list[int]) -> Fraction | None:
    """Of how many said 1, 2, 3 …"""
    total = sum(counts)
    return Fraction(sum(number * count for number, count in enumerate(counts, 1)), total) if total else None


def _spot(shown: dict, step: Step, statement: Prompt, guesser: Party, about: Party) -> Spot:
    return Spot(
        step,
        statement,
        guesser,
        about,
        own=shown.get((statement.pk, guesser.pk, None)),
        guess=shown.get((statement.pk, guesser.pk, about.pk)),
        answer=shown.get((statement.pk, about.pk, None)),
    )


def _order(spot: Spot) -> tuple:
    distance = -1 if spot.distance is None else spot.distance
    return (-distance, spot.step.position, spot.guesser.position, spot.about.position)
