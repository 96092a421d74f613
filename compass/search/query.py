"""What was typed: the words of a search, and what each stands for in the index."""

import re
from dataclasses import dataclass

from compass.search.database import ask

MOST_WORDS = 8
LONGEST_WORD = 60  # as in the list of words; levenshtein() takes no more than 255 bytes
MOST_WORDS_BETWEEN = 3  # between the parts of a compound, where it is written as several words

WORD = re.compile(r"[^\W_]+")
LETTERS = [
    *zip("üéèêëáàâíìîïóòôúùûçñ", "ueeeeaaaiiiiooouuucn", strict=True),
    ("æ", "ae"), ("ä", "ae"), ("ø", "oe"), ("ö", "oe"), ("å", "aa"),
]  # fmt: skip
READ = "SELECT * FROM search_read(%(text)s, %(language)s, %(most_words)s, %(longest_word)s)"


def fold(text: str) -> str:
    """Words as they are compared: search_fold() in the database, for what is marked on the page.

    Not translate(), which takes ten times as long for a text with one letter that is not English.
    """
    text = text.replace("İ", "i").lower()  # the one letter whose small one is two
    for letter, plain in LETTERS:
        text = text.replace(letter, plain)
    return text


@dataclass
class Term:
    """One word of a search, and what it stands for in the index."""

    folded: str
    lexemes: list[str]
    compounds: list[str]
    parts: list[str]

    @property
    def exact(self) -> str:
        return any_of(self.lexemes)

    @property
    def whole(self) -> str:
        """Also the compounds with the word."""
        return any_of([*self.lexemes, *self.compounds])

    @property
    def wide(self) -> str:
        """Also its own parts, where both of them are."""
        return f"{self.whole} | {near(*self.parts)}" if self.parts else self.whole

    @property
    def all_lexemes(self) -> list[str]:
        return [*self.lexemes, *self.compounds, *self.parts]


def any_of(lexemes: list[str]) -> str:
    """Lexemes are letters and digits alone (search_fold), so quotation marks are enough."""
    return " | ".join(f"'{lexeme}'" for lexeme in lexemes)


def near(modifier: str, head: str) -> str:
    """Both parts of a compound, close to each other: «inddragelse af borgere»."""
    pairs = [(modifier, head), (head, modifier)]
    return " | ".join(
        f"'{first}' <{distance}> '{second}'"
        for first, second in pairs
        for distance in range(1, MOST_WORDS_BETWEEN + 2)
    )


def read(text: str, language: str) -> list[Term]:
    """The words of a search without the small ones («og», «på»); empty when there are no others."""
    [terms] = ask(READ, text=text, language=language, most_words=MOST_WORDS, longest_word=LONGEST_WORD)
    return [Term(*term) for term in terms]
