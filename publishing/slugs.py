"""Addresses and file names out of what people write: one rule, so that no Danish letter is lost."""

import unicodedata

from django.utils.text import slugify

# Else they would become a letter without its marks, or nothing: «nar-brn-pa-abyhj».
LETTERS = str.maketrans(
    {
        "æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ð": "d", "þ": "th",
        "đ": "d", "ł": "l", "œ": "oe",
    }
)  # fmt: skip


def slug_of(text: str, longest: int | None = None) -> str:
    """«Når børn går på Åbyhøj» → naar-boern-gaar-paa-aabyhoej; nothing where no letter is left."""
    plain = unicodedata.normalize("NFC", text).lower().translate(LETTERS)
    return slugify(plain)[:longest].strip("-_")
