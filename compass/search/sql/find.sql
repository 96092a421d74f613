-- A common word has more hits than can be ranked in time. So: the newest stories are looked through,
-- and only a word that is rare among them, or among their headings, is looked up in all of them.
-- The parts of a compound must stand together, which takes reading the text: not for all texts.
-- OFFSET 0 keeps the planner from walking the dates instead of looking the word up.
WITH newest AS MATERIALIZED (
    SELECT id, vector @@ %(query)s::tsquery AS matches, heading @@ %(query)s::tsquery AS is_headed
    FROM (
        SELECT id, heading, vector FROM compass_search_entry AS entry
        WHERE kind = 'story' AND {visible}
        ORDER BY published_at DESC NULLS LAST LIMIT 100
    ) AS dated
), found AS (
    SELECT id FROM newest WHERE matches
    UNION (
        SELECT id FROM (
            SELECT * FROM compass_search_entry
            WHERE kind = 'story' AND heading @@ %(query)s::tsquery OFFSET 0
        ) AS entry
        WHERE {visible} AND (SELECT count(*) FROM newest WHERE is_headed) < 10 LIMIT 150
    )
    UNION (
        SELECT id FROM (
            SELECT * FROM compass_search_entry
            WHERE kind = 'story' AND vector @@ %(whole)s::tsquery OFFSET 0
        ) AS entry
        WHERE {visible} AND (SELECT count(*) FROM newest WHERE matches) < 10 LIMIT 150
    )
    UNION (
        SELECT id FROM (
            SELECT * FROM compass_search_entry WHERE kind <> 'story' AND vector @@ %(query)s::tsquery OFFSET 0
        ) AS entry
        WHERE {visible} LIMIT 150
    )
), scored AS (
    SELECT id, kind, (
        SELECT sum(CASE
            WHEN in_title @@ exact THEN %(word_in_title)s + %(short_title)s / length(in_title)
            WHEN in_title @@ wide THEN %(compound_in_title)s + %(short_title)s / length(in_title)
            WHEN in_intro @@ exact THEN %(word_in_intro)s
            WHEN in_title @@ head AND vector @@ wide THEN %(head_in_title)s
            WHEN in_intro @@ wide THEN %(compound_in_intro)s
            WHEN vector @@ exact THEN %(word_in_text)s
            WHEN vector @@ wide THEN %(compound_in_text)s
            ELSE 0 END)
        FROM unnest(
            %(exact)s::text[]::tsquery[], %(wide)s::text[]::tsquery[], %(heads)s::text[]::tsquery[]
        ) AS term (exact, wide, head)
    ) + ts_rank(vector, %(all)s::tsquery) - CASE WHEN kind = ANY (%(references)s) THEN %(reference)s ELSE 0 END AS points
    FROM found JOIN compass_search_entry AS entry USING (id),
    LATERAL ts_filter(heading, '{{a}}') AS in_title, LATERAL ts_filter(heading, '{{b}}') AS in_intro
    WHERE kind = ANY (%(kinds)s)
), placed AS (
    SELECT *, row_number() OVER (PARTITION BY kind ORDER BY points DESC, id) AS place,
        count(*) OVER (PARTITION BY kind) AS number
    FROM scored
)
SELECT entry.kind, entry.address, entry.published_at IS NULL OR entry.published_at > %(now)s AS is_draft,
    entry.title, title_language, intro, intro_language, entry.body, body_language, number,
    path.verb, path.verb_en, story.year
FROM placed JOIN compass_search_entry AS entry USING (id, kind)
LEFT JOIN compass_story AS story ON entry.kind = 'story' AND story.id = entry.owner_id
LEFT JOIN compass_path AS path ON path.id = story.path_id
WHERE place <= %(shown)s
ORDER BY points DESC, placed.id
