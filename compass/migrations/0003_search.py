"""The search index, kept by PostgreSQL itself: docs/decisions/0006-search.md.

Each searched model has a function that says what is searched of it, and triggers that write the
function's rows into compass_search_entry, in Danish and in English, whoever changes the model and how.
"""

from django.contrib.postgres.operations import CreateExtension, TrigramExtension
from django.db import migrations

FUNCTIONS = """
-- The letters a search is compared in: «Århus», «aarhus» and «AARHUS» are one word, «e-mail» is two.
-- compass/search.py: fold() does the same to what is shown; a test compares the two.
CREATE FUNCTION search_fold(content text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN btrim(regexp_replace(
        replace(replace(replace(
            translate(
                lower(normalize(content, NFC)), 'äöüéèêëáàâíìîïóòôúùûçñ', 'æøueeeeaaaiiiiooouuucn'
            ),
        'æ', 'ae'), 'ø', 'oe'), 'å', 'aa'),
        '[^[:alnum:]]+', ' ', 'g'
    ));

-- Stemmed words. The small words with æ, ø and å are deleted here: PostgreSQL's own list of them
-- does not know them folded. A text of any length can be saved; its first 200,000 letters are found.
CREATE FUNCTION search_vector(language text, content text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ts_delete(
        to_tsvector(
            CASE language WHEN 'en' THEN 'english'::regconfig ELSE 'danish'::regconfig END,
            search_fold(left(content, 200000))
        ),
        ARRAY['paa', 'naar', 'vaer', 'vaere', 'ogsaa', 'vaeret', 'saadan']
    );

-- Markdown without its marks: what an excerpt is cut from.
CREATE FUNCTION search_plain(markdown text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN btrim(regexp_replace(regexp_replace(regexp_replace(
        markdown,
        '\\[([^\\]]*)\\]\\([^)]*\\)', '\\1', 'g'),
        '(^|\\n)\\s*(#{1,6}|[-*>]|\\|?[-:| ]*-{3}[-:| ]*)(?=\\s|$)|[*`|]+', ' ', 'g'),
        '\\s+', ' ', 'g'
    ));
"""

DROP_FUNCTIONS = """
DROP FUNCTION search_plain(text);
DROP FUNCTION search_vector(text, text);
DROP FUNCTION search_fold(text);
"""

TABLES = """
-- What can be found: one row per thing and language. A text without a translation is there in Danish.
CREATE TABLE compass_search_entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    owner_id bigint NOT NULL,
    address text[] NOT NULL,
    language text NOT NULL,
    published_at timestamptz,
    title text NOT NULL,
    title_language text NOT NULL,
    intro text NOT NULL,
    intro_language text NOT NULL,
    body text NOT NULL,
    body_language text NOT NULL,
    heading tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(search_vector(title_language, title), 'A')
        || setweight(search_vector(intro_language, intro), 'B')
    ) STORED,
    vector tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(search_vector(title_language, title), 'A')
        || setweight(search_vector(intro_language, intro), 'B')
        || search_vector(body_language, body)
    ) STORED
);
-- Long texts lie beside the row: finding and sorting then reads few pages. What each search reads is
-- not compressed.
ALTER TABLE compass_search_entry SET (toast_tuple_target = 256);
ALTER TABLE compass_search_entry ALTER COLUMN vector SET STORAGE EXTERNAL;
CREATE INDEX compass_search_entry_owner ON compass_search_entry USING hash (owner_id);
-- Stories are the only kind that becomes many, and are searched apart from the rest.
CREATE INDEX compass_search_entry_newest_stories
    ON compass_search_entry (language, published_at DESC NULLS LAST)
    WHERE kind = 'story' AND language IN ('da', 'en');
CREATE INDEX compass_search_entry_story_heading
    ON compass_search_entry USING gin (heading) WHERE kind = 'story';
CREATE INDEX compass_search_entry_story_vector
    ON compass_search_entry USING gin (vector) WHERE kind = 'story';
CREATE INDEX compass_search_entry_other_vector
    ON compass_search_entry USING gin (vector) WHERE kind <> 'story';

-- Every word that was ever in an entry: parts of compounds and misspellings are looked up here.
CREATE TABLE compass_search_word (
    language text NOT NULL,
    word text NOT NULL,
    folded text NOT NULL,
    lexeme text NOT NULL,
    PRIMARY KEY (language, word)
);
CREATE INDEX compass_search_word_lexeme ON compass_search_word (lexeme, language);
CREATE INDEX compass_search_word_folded ON compass_search_word USING gin (folded gin_trgm_ops);
"""

DROP_TABLES = "DROP TABLE compass_search_word, compass_search_entry"

UPKEEP = """
-- Write what the source (TG_ARGV[0]) now says of the thing whose id stands in a column (TG_ARGV[2]).
CREATE FUNCTION search_write() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed_row jsonb := CASE TG_OP WHEN 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
    changed bigint[] := ARRAY[(changed_row ->> TG_ARGV[2])::bigint];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        changed := changed || (to_jsonb(OLD) ->> TG_ARGV[2])::bigint;
    END IF;
    DELETE FROM compass_search_entry WHERE kind = TG_ARGV[1] AND owner_id = ANY (changed);
    EXECUTE format(
        $sql$
        WITH source AS (SELECT * FROM %I($1)),
        entry AS (
            INSERT INTO compass_search_entry (
                kind, owner_id, address, published_at, language,
                title, title_language, intro, intro_language, body, body_language
            )
            SELECT $2, owner_id, address, published_at, 'da',
                title, 'da', intro, 'da', search_plain(body), 'da'
            FROM source
            UNION ALL
            SELECT $2, owner_id, address, published_at, 'en',
                coalesce(nullif(title_en, ''), title),
                CASE title_en WHEN '' THEN 'da' ELSE 'en' END,
                coalesce(nullif(intro_en, ''), intro),
                CASE intro_en WHEN '' THEN 'da' ELSE 'en' END,
                search_plain(coalesce(nullif(body_en, ''), body)),
                CASE body_en WHEN '' THEN 'da' ELSE 'en' END
            FROM source
            RETURNING *
        )
        INSERT INTO compass_search_word (language, word, folded, lexeme)
        SELECT language, word, search_fold(word), lexeme[1]
        FROM (
            SELECT DISTINCT text_language AS language, word
            FROM entry,
            LATERAL (VALUES (title_language, title), (intro_language, intro), (body_language, body))
                AS written (text_language, content),
            LATERAL regexp_split_to_table(lower(normalize(content, NFC)), '[^[:alnum:]]+') AS word
            WHERE text_language = language AND length(word) BETWEEN 3 AND 60
        ) AS used,
        LATERAL tsvector_to_array(search_vector(language, word)) AS lexeme
        WHERE lexeme[1] IS NOT NULL
        ORDER BY language, word  -- two editors who save at once wait for each other in one order
        ON CONFLICT DO NOTHING
        $sql$,
        TG_ARGV[0]
    ) USING changed, TG_ARGV[1];
    RETURN NULL;
END $$;

CREATE FUNCTION search_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM compass_search_entry WHERE kind = TG_ARGV[1];
    RETURN NULL;
END $$;

-- From now on the entries of `kind` follow this table; `owner_column` holds the id the source knows.
CREATE FUNCTION search_follow(followed regclass, source text, kind text, owner_column text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER search_write_%s AFTER INSERT OR UPDATE OR DELETE ON %s
            FOR EACH ROW EXECUTE FUNCTION search_write(%L, %L, %L)',
        kind, followed, source, kind, owner_column
    );
    EXECUTE format(
        'CREATE TRIGGER search_forget_%s AFTER TRUNCATE ON %s
            FOR EACH STATEMENT EXECUTE FUNCTION search_forget(%L, %L, %L)',
        kind, followed, source, kind, owner_column
    );
END $$;
"""

DROP_UPKEEP = """
DROP FUNCTION search_follow(regclass, text, text, text);
DROP FUNCTION search_forget();
DROP FUNCTION search_write();
"""

# Functions and not views: a view would forbid every change of the columns it reads.
SOURCES = """
CREATE TYPE search_source AS (
    owner_id bigint,
    address text[],  -- what the address of the page is made of
    published_at timestamptz,
    title text,
    title_en text,
    intro text,
    intro_en text,
    body text,
    body_en text
);

CREATE FUNCTION compass_search_story(ids bigint[]) RETURNS SETOF search_source LANGUAGE sql STABLE AS $$
    SELECT id AS owner_id, ARRAY[slug] AS address, published_at,
        title, title_en, standfirst AS intro, standfirst_en AS intro_en,
        concat_ws(E'\\n\\n', body, talk) AS body,
        CASE body_en WHEN '' THEN '' ELSE concat_ws(E'\\n\\n', body_en, talk_en) END AS body_en
    FROM compass_story WHERE id = ANY (ids)
$$;

CREATE FUNCTION compass_search_dilemma(ids bigint[]) RETURNS SETOF search_source LANGUAGE sql STABLE AS $$
    SELECT dilemma.id AS owner_id, ARRAY[slug] AS address, published_at,
        title, title_en, concat_ws(' ', pole_a, pole_b) AS intro,
        CASE '' WHEN pole_a_en THEN '' WHEN pole_b_en THEN '' ELSE concat_ws(' ', pole_a_en, pole_b_en) END
            AS intro_en,
        concat_ws(E'\\n\\n', description, question, standpoints.texts) AS body,
        CASE description_en WHEN '' THEN ''
            ELSE concat_ws(E'\\n\\n', description_en, question_en, standpoints.texts_en) END AS body_en
    FROM compass_dilemma AS dilemma, LATERAL (
        SELECT string_agg(concat_ws(E'\\n\\n', title, text), E'\\n\\n' ORDER BY position) AS texts,
            string_agg(concat_ws(E'\\n\\n', title_en, text_en), E'\\n\\n' ORDER BY position) AS texts_en
        FROM compass_standpoint WHERE dilemma_id = dilemma.id
    ) AS standpoints
    WHERE dilemma.id = ANY (ids)
$$;

CREATE FUNCTION compass_search_pivot(ids bigint[]) RETURNS SETOF search_source LANGUAGE sql STABLE AS $$
    SELECT pivot.id AS owner_id, ARRAY[slug] AS address, published_at,
        title, title_en, subtitle AS intro, subtitle_en AS intro_en,
        concat_ws(E'\\n\\n', body, points.texts) AS body,
        CASE body_en WHEN '' THEN '' ELSE concat_ws(E'\\n\\n', body_en, points.texts_en) END AS body_en
    FROM compass_pivot AS pivot, LATERAL (
        SELECT string_agg(concat_ws(E'\\n\\n', title, text), E'\\n\\n' ORDER BY position) AS texts,
            string_agg(concat_ws(E'\\n\\n', title_en, text_en), E'\\n\\n' ORDER BY position) AS texts_en
        FROM compass_pivotpoint WHERE pivot_id = pivot.id
    ) AS points
    WHERE pivot.id = ANY (ids)
$$;

CREATE FUNCTION compass_search_path(ids bigint[]) RETURNS SETOF search_source LANGUAGE sql STABLE AS $$
    SELECT id AS owner_id, ARRAY[slug] AS address, published_at,
        title, title_en, standfirst AS intro, standfirst_en AS intro_en, body, body_en
    FROM compass_path WHERE id = ANY (ids)
$$;

CREATE FUNCTION compass_search_page(ids bigint[]) RETURNS SETOF search_source LANGUAGE sql STABLE AS $$
    SELECT id AS owner_id, ARRAY[slug] AS address, published_at,
        title, title_en, standfirst AS intro, standfirst_en AS intro_en, body, body_en
    FROM compass_page WHERE id = ANY (ids)
$$;

-- What has no date of publishing is public from the start.
CREATE FUNCTION compass_search_milestone(ids bigint[]) RETURNS SETOF search_source LANGUAGE sql STABLE AS $$
    SELECT id AS owner_id, ARRAY[key] AS address, timestamptz '-infinity' AS published_at,
        date_text AS title, date_text_en AS title_en, text AS intro, text_en AS intro_en,
        '' AS body, '' AS body_en
    FROM compass_milestone WHERE id = ANY (ids)
$$;

CREATE FUNCTION compass_search_resource(ids bigint[]) RETURNS SETOF search_source LANGUAGE sql STABLE AS $$
    SELECT id AS owner_id, ARRAY[key] AS address, timestamptz '-infinity' AS published_at,
        title, title_en, text AS intro, text_en AS intro_en, note AS body, note_en AS body_en
    FROM compass_resource WHERE id = ANY (ids)
$$;

-- A chapter is searched in the language it is read in.
CREATE FUNCTION compass_search_chapter(ids bigint[]) RETURNS SETOF search_source LANGUAGE sql STABLE AS $$
    SELECT recording.id AS owner_id, ARRAY[recording.slug, chapter.position::text] AS address, published_at,
        chapter.title, chapter.title_en, recording.title AS intro, recording.title_en AS intro_en,
        CASE language WHEN 'da' THEN transcript ELSE '' END AS body,
        CASE language WHEN 'en' THEN transcript ELSE '' END AS body_en
    FROM compass_chapter AS chapter JOIN compass_recording AS recording ON recording.id = recording_id
    WHERE recording.id = ANY (ids)
$$;
"""

FOLLOWED = [
    ("compass_story", "story", "id"),
    ("compass_dilemma", "dilemma", "id"),
    ("compass_standpoint", "dilemma", "dilemma_id"),
    ("compass_pivot", "pivot", "id"),
    ("compass_pivotpoint", "pivot", "pivot_id"),
    ("compass_path", "path", "id"),
    ("compass_page", "page", "id"),
    ("compass_milestone", "milestone", "id"),
    ("compass_resource", "resource", "id"),
    ("compass_recording", "chapter", "id"),
    ("compass_chapter", "chapter", "recording_id"),
]
KINDS = sorted({kind for _, kind, _ in FOLLOWED})

DROP_SOURCES = "".join(f"DROP FUNCTION compass_search_{kind};" for kind in KINDS) + "DROP TYPE search_source"

FOLLOW = "".join(
    f"SELECT search_follow('{table}', 'compass_search_{kind}', '{kind}', '{column}');"
    for table, kind, column in FOLLOWED
)
# What is there already counts as changed.
FILL = "".join(f"UPDATE {table} SET id = id;" for table, _, column in FOLLOWED if column == "id")
UNFOLLOW = "".join(
    f"DROP TRIGGER search_write_{kind} ON {table}; DROP TRIGGER search_forget_{kind} ON {table};"
    for table, kind, _ in FOLLOWED
)


class Migration(migrations.Migration):
    dependencies = [("compass", "0002_danish_order")]

    operations = [
        TrigramExtension(),
        CreateExtension("fuzzystrmatch"),
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        migrations.RunSQL(TABLES, DROP_TABLES),
        migrations.RunSQL(UPKEEP, DROP_UPKEEP),
        migrations.RunSQL(SOURCES, DROP_SOURCES),
        migrations.RunSQL(FOLLOW, UNFOLLOW),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
