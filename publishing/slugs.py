"""Addresses and file names out of what people write: one rule, so that no Danish letter is lost."""

import unicodedata
from datetime import date

from django.utils.text import slugify

LONGEST_SUBJECT = 60  # signs of a file name that say what it is about
# Else they would become a letter without its marks, or nothing: «nar-brn-pa-abyhj».
LETTERS = str.maketrans(
    {
        "æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ð": "d", "þ": "th",
        "đ": "d", "ł": "l", "œ": "oe",
    }
)  # fmt: skip


def name_of_file(kind: str, subject: str, day: date) -> str:
    """Whoever files it finds it by what it is about, in whole words, and when."""
    short = slug_of(subject)
    if len(short) > LONGEST_SUBJECT:
        short = short[: LONGEST_SUBJECT + 1].rpartition("-")[0] or short[:LONGEST_SUBJECT]
    return "-".join(filter(None, [kind, short, day.isoformat()]))


def slug_of(text: str, longest: int | None = None) -> str:
    """«Når børn går på Åbyhøj» → naar-boern-gaar-paa-aabyhoej; nothing where no letter is left."""
    plain = unicodedata.normalize("NFC", text).lower().translate(LETTERS)
    return slugify(plain)[:longest].strip("-_")
