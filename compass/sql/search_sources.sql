-- What is searched of each kind of content: one function a kind, made of its declaration (compass/content_types.py,
-- publishing/database_rules.py) but where it is written here.

DO $$ BEGIN
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
EXCEPTION WHEN duplicate_object THEN NULL;
END $$;

-- A chapter is searched in the language it is read in.
CREATE OR REPLACE FUNCTION search_source_chapter(ids bigint[]) RETURNS SETOF search_source LANGUAGE sql STABLE AS $$
    SELECT recording.id AS owner_id, ARRAY[recording.slug, chapter.position::text] AS address, published_at,
        chapter.title, chapter.title_en, recording.title AS intro, recording.title_en AS intro_en,
        CASE language WHEN 'da' THEN transcript ELSE '' END AS body,
        CASE language WHEN 'en' THEN transcript ELSE '' END AS body_en
    FROM compass_chapter AS chapter JOIN compass_recording AS recording ON recording.id = recording_id
    WHERE recording.id = ANY (ids)
$$;
