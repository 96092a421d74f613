"""One search over everything public; PostgreSQL keeps the index (docs/decisions/0006-search.md).

A search is read word by word: each word stands for its inflections, and more loosely for the compounds
it is part of and for its own parts. Only when that finds little are misspellings tried and hits with
some of the words let in. A hit counts by where its words stand: title, introduction, text.
"""

from compass.search.kinds import kinds, searched_kinds
from compass.search.query import fold
from compass.search.results import find
from compass.search.stories import MOST_STORIES, story_ids
from compass.search.suggest import suggest

__all__ = ["MOST_STORIES", "find", "fold", "kinds", "searched_kinds", "story_ids", "suggest"]
