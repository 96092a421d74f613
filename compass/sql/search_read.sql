-- The stemmer takes the s of «kompas» for a genitive and does not know that «artikler» is «artikel».
-- The compounds of a word are those that contain the shortest form of it: «borgerinddragelse» for
-- «inddragelsen». Five letters at least, and three before it, or «formål» would be a kind of mål.
--
-- A function, so that its plan is made once in a connection; the settings are those of search_find.sql.
CREATE OR REPLACE FUNCTION search_read(written text, page_language text, most_words integer, longest_word integer)
RETURNS TABLE (folded text, lexemes text[], compounds text[], parts text[])
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH typed AS (
        SELECT folded, min(position) AS position
        FROM unnest(string_to_array(search_fold(written), ' ')) WITH ORDINALITY AS t (folded, position)
        GROUP BY folded
    ), term AS (
        SELECT folded, position, own[1] AS own,
            own || CASE page_language
                WHEN 'en' THEN tsvector_to_array(search_vector('da', folded))
                ELSE ARRAY(
                    SELECT DISTINCT lexeme FROM compass_search_word
                    WHERE language = 'da' AND length(lexeme) > 3 AND lexeme <> own[1] AND lexeme IN (
                        own[1] || 's', rtrim(own[1], 's'),
                        regexp_replace(own[1], 'e([ln])$', '\1'), regexp_replace(own[1], '([ln])$', 'e\1')
                    )
                )
            END AS lexemes
        FROM typed, LATERAL tsvector_to_array(search_vector(page_language, folded)) AS own
        WHERE own <> '{}'
        ORDER BY position LIMIT most_words
    ), family AS (
        SELECT term.*, coalesce(shortest.folded, CASE WHEN length(term.folded) >= 5 THEN term.folded END) AS base
        FROM term LEFT JOIN LATERAL (
            SELECT word.folded FROM compass_search_word AS word
            WHERE word.lexeme = own AND language = page_language AND length(word.folded) >= 5
            ORDER BY length(word.folded), word.folded LIMIT 1
        ) AS shortest ON true
    )
    SELECT folded, lexemes,
        ARRAY(
            SELECT lexeme FROM compass_search_word AS word
            WHERE word.folded LIKE '%' || base || '%'
            AND (word.folded LIKE base || '%' OR word.folded LIKE '___%' || base || '%')
            AND language = page_language AND lexeme <> ALL (lexemes)
            GROUP BY lexeme ORDER BY min(length(word.folded)), lexeme LIMIT 20
        ) AS compounds,
        coalesce((
            SELECT ARRAY[modifier[1], head[1]]
            FROM generate_series(3, length(folded) - 4) AS cut,
            LATERAL tsvector_to_array(search_vector(page_language, left(folded, cut))) AS modifier,
            LATERAL tsvector_to_array(search_vector(page_language, substr(folded, cut + 1))) AS head
            WHERE length(folded) <= longest_word
            -- Not EXISTS: the planner would make a join of it, and read the whole list of words.
            AND (SELECT true FROM compass_search_word WHERE lexeme = modifier[1] AND language = page_language LIMIT 1)
            AND (SELECT true FROM compass_search_word WHERE lexeme = head[1] AND language = page_language LIMIT 1)
            ORDER BY cut LIMIT 1
        ), '{}') AS parts
    FROM family ORDER BY position;
END $$;
