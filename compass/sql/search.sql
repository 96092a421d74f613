-- The search index, kept by PostgreSQL itself: docs/decisions/0006-search.md. Whoever changes a row, and how, the
-- entries of what the row belongs to are written anew, in Danish and in English.
--
-- TG_ARGV: the column that holds the id of what is found, then the kinds whose source (search_source_…) says of
-- that id what is searched.
CREATE OR REPLACE FUNCTION search_write() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed bigint[] := ARRAY[(to_jsonb(OLD) ->> TG_ARGV[0])::bigint, (to_jsonb(NEW) ->> TG_ARGV[0])::bigint];
    written text;
BEGIN
    FOREACH written IN ARRAY TG_ARGV[1:] LOOP
        DELETE FROM compass_search_entry WHERE kind = written AND owner_id = ANY (changed);
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
            'search_source_' || written
        ) USING changed, written;
    END LOOP;
    RETURN NULL;
END $$;
