"""Titles to jump to while one types."""

from compass.search.kinds import KINDS, searched_kinds
from compass.search.ranking import SUGGESTIONS, Search

SUGGEST_FROM = 2  # letters


def suggest(text: str, user) -> list[dict[str, str]]:
    """Titles with the words typed so far, and where they lead; nothing before the second letter."""
    if len(text.strip()) < SUGGEST_FROM:
        return []
    searched = Search(drafts=user.is_staff, kinds=searched_kinds(), shown=SUGGESTIONS)
    found = searched.titles(text)
    return [
        {"title": title, "kind": str(KINDS[kind].label), "address": KINDS[kind].address(*address)}
        for kind, address, title in found
    ]
