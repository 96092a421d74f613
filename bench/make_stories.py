"""Fill up to a number of stories for `make bench`: python -m bench.make_stories 100000

All at once, past the triggers that follow each row: a hundred thousand stories take minutes that way. The
search gets the rows that its trigger would have written; the last story is saved by itself to see that.
"""

import os
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg

from bench.words import WORD, drawing, vocabulary

COLUMNS = (
    "key", "slug", "kind", "path_id", "title", "standfirst", "body", "department_id", "year", "outcome",
    "published_at",
)  # fmt: skip
KINDS, OUTCOMES = ["article", "case", "portrait", "tool"], ["worked", "mixed", "did-not-work", "open"]

STORIES = """
INSERT INTO compass_story ({columns}, updated_at, provenance{empty})
SELECT {columns}, now(), 'composed'{nothing} FROM made
"""
# Texts that no made story has.
EMPTY = """
SELECT column_name FROM information_schema.columns
WHERE table_name = 'compass_story' AND is_nullable = 'NO' AND is_identity = 'NO'
    AND column_name <> ALL (%s) AND column_name NOT IN ('updated_at', 'provenance')
"""
THEMES = """
INSERT INTO compass_story_themes (story_id, theme_id)
SELECT story.id, (SELECT id FROM compass_theme ORDER BY hashint8(story.id + compass_theme.id) LIMIT 1)
FROM compass_story AS story JOIN made USING (key)
"""
# What the trigger search_write does for one story; by two at once, for it takes longest.
ENTRIES = """
INSERT INTO compass_search_entry (
    kind, owner_id, address, published_at, language,
    title, title_language, intro, intro_language, body, body_language
)
SELECT 'story', owner_id, address, source.published_at, language,
    source.title, 'da', intro, 'da', search_plain(source.body), 'da'
FROM (SELECT array_agg(id) AS ids FROM compass_story WHERE id > %s AND id %% 2 = %s) AS new,
    LATERAL search_source_story(ids) AS source, (VALUES ('da'), ('en')) AS language (language)
"""
WORDS = """
INSERT INTO compass_search_word (language, word, folded, lexeme)
SELECT 'da', word, search_fold(word), lexeme[1]
FROM unnest(%s::text[]) AS word, LATERAL tsvector_to_array(search_vector('da', word)) AS lexeme
WHERE length(word) BETWEEN 3 AND 60 AND lexeme[1] IS NOT NULL
ON CONFLICT DO NOTHING
"""
INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE tablename = 'compass_search_entry' AND indexdef LIKE '%USING gin%'
"""
ENTRIES_OF = """
SELECT array_agg(to_jsonb(entry) - 'id' ORDER BY language) FROM compass_search_entry AS entry
JOIN compass_story AS story ON story.id = owner_id WHERE entry.kind = 'story' AND key = %s
"""


def make(number: int):
    with connected() as database:
        start, last = database.execute("SELECT count(*), max(id) FROM compass_story").fetchone()
        if start >= number:
            return
        used = copy_in(database, start, number)
        indexes = database.execute(INDEXES).fetchall()
        triggers(database, "DISABLE")
        for name, _definition in indexes:
            database.execute(f"DROP INDEX {name}")
        database.execute(stories_without_texts(database))
        database.execute(THEMES)
        with ThreadPoolExecutor() as pool:
            list(pool.map(write_entries, [last, last], [0, 1]))
        database.execute(WORDS, [sorted(used)])
        database.execute("SET maintenance_work_mem = '256MB'")
        for _name, definition in indexes:
            database.execute(definition)
        triggers(database, "ENABLE")
        check(database, f"G{number - 1}")
        database.execute("VACUUM ANALYZE")  # else PostgreSQL does it while we measure


def connected() -> psycopg.Connection:
    return psycopg.connect(dbname=os.environ["DATABASE_URL"].rpartition("/")[2], autocommit=True)


def triggers(database: psycopg.Connection, what: str):
    for table in ["compass_story", "compass_story_themes"]:
        database.execute(f"ALTER TABLE {table} {what} TRIGGER USER")


def write_entries(last: int, half: int):
    with connected() as database:
        database.execute(ENTRIES, [last, half])


def stories_without_texts(database: psycopg.Connection) -> str:
    empty = [f", {name}" for (name,) in database.execute(EMPTY, [list(COLUMNS)])]
    return STORIES.format(columns=", ".join(COLUMNS), empty="".join(empty), nothing=", ''" * len(empty))


def copy_in(database: psycopg.Connection, start: int, number: int) -> set[str]:
    """Draw the stories into a table of their own; returns the words they use."""
    chance = random.Random(number)
    draw = drawing(real_vocabulary(database), chance)
    paths, departments = (
        [pk for (pk,) in database.execute(statement)]
        for statement in ["SELECT id FROM compass_path", "SELECT id FROM compass_department"]
    )
    columns = ", ".join(COLUMNS)
    database.execute(f"CREATE TEMPORARY TABLE made AS SELECT {columns} FROM compass_story LIMIT 0")  # noqa: S608
    now, used = datetime.now(UTC), set()
    with database.cursor().copy(f"COPY made ({columns}) FROM STDIN") as copy:
        for index in range(start, number):
            title, standfirst, body = draw(5), draw(15), draw(150)
            used.update(WORD.findall(f"{title} {standfirst} {body}"))
            copy.write_row(
                [
                    f"G{index}",
                    f"proeve-{index}",
                    chance.choice(KINDS),
                    chance.choice(paths),
                    title,
                    standfirst,
                    body,
                    chance.choice(departments),
                    chance.randint(2010, 2026),
                    chance.choice(OUTCOMES),
                    now - timedelta(minutes=number - index),
                ]
            )
    return used


def real_vocabulary(database: psycopg.Connection) -> list[str]:
    """The words by rank, from the stories that are not made."""
    bodies = database.execute("SELECT body FROM compass_story WHERE key LIKE 'S%' ORDER BY key")
    return vocabulary([body for (body,) in bodies])


def check(database: psycopg.Connection, key: str):
    """The rows of the search are those that the trigger writes when a story is saved."""
    [made] = database.execute(ENTRIES_OF, [key]).fetchone()
    database.execute("UPDATE compass_story SET id = id WHERE key = %s", [key])
    [written] = database.execute(ENTRIES_OF, [key]).fetchone()
    if made is None or made != written:
        raise SystemExit("The search has other rows than its trigger writes: bench/make_stories.py")


if __name__ == "__main__":
    make(int(sys.argv[1]))
