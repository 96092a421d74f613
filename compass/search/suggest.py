"""Titles to jump to and words to search for, while one types."""

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from compass.search.kinds import searched_kinds
from compass.search.query import LONGEST_WORD, WORD
from compass.search.ranking import SUGGESTIONS, Search

SUGGEST_FROM = 2  # letters
SUGGEST_WORDS_FROM = 3


def suggest(text: str, user) -> list[dict[str, str]]:
    """Titles with the words typed so far; where none has them, searches for words that begin like the last.

    Nothing before the second letter.
    """
    if len(text.strip()) < SUGGEST_FROM:
        return []
    searched = Search(drafts=user.is_staff, kinds=searched_kinds(), shown=SUGGESTIONS)
    found = searched.titles(text)
    titles = [
        {"title": title, "kind": str(kind.label), "address": kind.address(*address)}
        for kind, address, title in ((searched.kinds[name], *rest) for name, *rest in found)
    ]
    return titles or _searches(text, searched)


def _searches(text: str, searched: Search) -> list[dict[str, str]]:
    """What was typed with its last word written out, as a search of its own."""
    *_before, last = [None, *WORD.finditer(text)]
    if last is None or not SUGGEST_WORDS_FROM <= len(last[0]) <= LONGEST_WORD:
        return []
    whole = [f"{text[: last.start()]}{word}".strip() for word in searched.words(last[0])]
    return [
        {
            "title": words,
            "kind": _("Søg"),
            "address": f"{reverse('compass:search')}?{urlencode({'q': words})}",
        }
        for words in whole
    ]
