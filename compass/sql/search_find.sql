-- A common word has more hits than can be ranked in time. So: the newest stories are looked through,
-- and only a word that is rare among them, or among their headings, is looked up in all of them.
-- The parts of a compound must stand together, which takes reading the text: not for all texts.
-- OFFSET 0 keeps the planner from walking the dates instead of looking the word up.
--
-- A function, so that its plan is made once in a connection. The planner does not know what it costs to read a long
-- text, and would rather go through all of them than through the index: hence the settings. The index of the newest
-- stories has the two languages in its condition, and fits no parameter.
CREATE OR REPLACE FUNCTION search_find(
    -- What is looked for: all of it, the same without the parts of compounds; and each word by itself.
    query tsquery, whole tsquery, exact_of tsquery[], wide_of tsquery[], heads tsquery[], all_lexemes tsquery,
    -- Where, by whom and how much.
    kinds text[], refers text[], page_language text, drafts boolean, moment timestamptz, shown integer,
    -- Points: compass/search/ranking.py.
    word_in_title float, compound_in_title float, short_title float, word_in_intro float, head_in_title float,
    compound_in_intro float, word_in_text float, compound_in_text float, reference float
)
RETURNS TABLE (
    kind text, address text[], is_draft boolean, title text, title_language text, intro text, intro_language text,
    body text, body_language text, number bigint, verb varchar, verb_en varchar, year smallint
)
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH newest AS MATERIALIZED (
        SELECT id, vector @@ query AS matches, heading @@ query AS is_headed
        FROM (
            SELECT id, heading, vector FROM compass_search_entry AS entry
            WHERE kind = 'story' AND entry.language IN ('da', 'en') AND entry.language = page_language AND (drafts OR entry.published_at <= moment)
            ORDER BY published_at DESC NULLS LAST LIMIT 100
        ) AS dated
    ), found AS (
        SELECT id FROM newest WHERE matches
        UNION (
            SELECT id FROM (
                SELECT * FROM compass_search_entry
                WHERE kind = 'story' AND heading @@ query OFFSET 0
            ) AS entry
            WHERE entry.language = page_language AND (drafts OR entry.published_at <= moment) AND (SELECT count(*) FROM newest WHERE is_headed) < 10 LIMIT 150
        )
        UNION (
            SELECT id FROM (
                SELECT * FROM compass_search_entry
                WHERE kind = 'story' AND vector @@ whole OFFSET 0
            ) AS entry
            WHERE entry.language = page_language AND (drafts OR entry.published_at <= moment) AND (SELECT count(*) FROM newest WHERE matches) < 10 LIMIT 150
        )
        UNION (
            SELECT id FROM (
                SELECT * FROM compass_search_entry WHERE kind <> 'story' AND vector @@ query OFFSET 0
            ) AS entry
            WHERE entry.language = page_language AND (drafts OR entry.published_at <= moment) LIMIT 150
        )
    ), scored AS (
        SELECT id, kind, (
            SELECT sum(CASE
                WHEN in_title @@ exact THEN word_in_title + short_title / length(in_title)
                WHEN in_title @@ wide THEN compound_in_title + short_title / length(in_title)
                WHEN in_intro @@ exact THEN word_in_intro
                WHEN in_title @@ head AND vector @@ wide THEN head_in_title
                WHEN in_intro @@ wide THEN compound_in_intro
                WHEN vector @@ exact THEN word_in_text
                WHEN vector @@ wide THEN compound_in_text
                ELSE 0 END)
            FROM unnest(exact_of, wide_of, heads) AS term (exact, wide, head)
        ) + ts_rank(vector, all_lexemes) - CASE WHEN kind = ANY (refers) THEN reference ELSE 0 END AS points
        FROM found JOIN compass_search_entry AS entry USING (id),
        LATERAL ts_filter(heading, '{a}') AS in_title, LATERAL ts_filter(heading, '{b}') AS in_intro
        WHERE kind = ANY (kinds)
    ), placed AS (
        SELECT *, row_number() OVER (PARTITION BY kind ORDER BY points DESC, id) AS place,
            count(*) OVER (PARTITION BY kind) AS number
        FROM scored
    )
    SELECT entry.kind, entry.address, entry.published_at IS NULL OR entry.published_at > moment AS is_draft,
        entry.title, title_language, intro, intro_language, entry.body, body_language, number,
        path.verb, path.verb_en, story.year
    FROM placed JOIN compass_search_entry AS entry USING (id, kind)
    LEFT JOIN compass_story AS story ON entry.kind = 'story' AND story.id = entry.owner_id
    LEFT JOIN compass_path AS path ON path.id = story.path_id
    WHERE place <= shown
    ORDER BY points DESC, placed.id;
END $$;
