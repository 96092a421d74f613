"""The stories that an editor looks for in the admin, by the beginnings of words."""

from compass.models import Story
from compass.search.database import ask
from compass.search.query import LONGEST_WORD, MOST_WORDS, WORD, fold
from publishing.tidy_text import tidy

MOST_STORIES = 1_000

# The words that the index keeps; of «mødet på torvet» the one in the middle is not looked for.
TOLD_APART = """
SELECT word FROM unnest(%(words)s::text[]) WITH ORDINALITY AS typed (word, position)
WHERE search_vector('da', word) <> ''::tsvector ORDER BY position
"""

BEGINS_WITH = """
SELECT DISTINCT owner_id FROM (
    SELECT owner_id FROM compass_search_entry
    WHERE kind = 'story'
        AND vector @@ (to_tsquery('danish', %(words)s) || to_tsquery('english', %(words)s)) OFFSET 0
) AS found
ORDER BY owner_id DESC LIMIT %(most)s
"""


def story_ids(text: str) -> list[int]:
    """The ids of the stories, drafts too, that have words beginning with each of these; newest first."""
    typed = [word for word in WORD.findall(tidy(text)) if len(word) <= LONGEST_WORD][:MOST_WORDS]
    [told] = ask(TOLD_APART, words=[fold(word) for word in typed])
    if not told:
        return _with_small_words(typed)
    [owners] = ask(BEGINS_WITH, words=" & ".join(f"'{word}':*" for (word,) in told), most=MOST_STORIES)
    return [owner for (owner,) in owners]


def _with_small_words(words: list[str]) -> list[int]:
    """«på», «når», «være» are in no index: the titles that have them are read through."""
    found = Story.objects.order_by("-pk")
    for word in words:
        found = found.filter(title__iregex=rf"\m{word}\M")
    return list(found.values_list("pk", flat=True)[:MOST_STORIES]) if words else []
