"""The words of the stories that `make bench` makes: common ones are common and rare ones rare.

By Zipf's law the second word is used half as often as the first, the thousandth a thousandth as often. The
first are those of the real stories, by how often they are used there; the rest are compounds of two of
them, as Danish makes them.
"""

import random
import re
from collections import Counter
from itertools import accumulate

WORDS = 30_000
WORD = re.compile(r"[^\W\d_]{2,}")
RARE_FROM = 15_000
COMMON = range(60, 160)  # below are «og», «det» and other words that no search looks for


def vocabulary(texts: list[str]) -> list[str]:
    """The words by rank, the same for the same texts."""
    used = Counter(word.lower() for text in texts for word in WORD.findall(text))
    known = sorted(used, key=lambda word: (-used[word], word))
    chance = random.Random(len(known))
    parts = [word for word in known if 4 <= len(word) <= 9]
    words = dict.fromkeys(known)
    while len(words) < WORDS:
        words["".join(chance.sample(parts, 2))] = None
    return list(words)


def drawing(words: list[str], chance: random.Random):
    """A function of a number: so many words, drawn by their rank."""
    weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))

    def draw(number: int) -> str:
        return " ".join(chance.choices(words, cum_weights=weights, k=number))

    return draw


def rare(words: list[str], written: set[str], number: int) -> list[str]:
    """Of those that stand in some story: a word that nobody has written is a misspelling, and costs more."""
    there = [word for word in words[RARE_FROM:] if word in written]
    return random.Random(number).sample(there, min(number, len(there)))


def common(words: list[str]) -> list[str]:
    return [words[rank] for rank in COMMON]
