-- What is searched of each kind of content. Functions and not views: a view would forbid every change of the
-- columns it reads.

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

CREATE OR REPLACE FUNCTION search_source_story(ids bigint[]) RETURNS SETOF search_source LANGUAGE sql STABLE AS $$
    SELECT id AS owner_id, ARRAY[slug] AS address, published_at,
        title, title_en, standfirst AS intro, standfirst_en AS intro_en,
        concat_ws(E'\n\n', body, talk) AS body,
        CASE body_en WHEN '' THEN '' ELSE concat_ws(E'\n\n', body_en, talk_en) END AS body_en
    FROM compass_story WHERE id = ANY (ids)
$$;

CREATE OR REPLACE FUNCTION search_source_dilemma(ids bigint[]) RETURNS SETOF search_source LANGUAGE sql STABLE AS $$
    SELECT dilemma.id AS owner_id, ARRAY[slug] AS address, published_at,
        title, title_en, concat_ws(' ', pole_a, pole_b) AS intro,
        CASE '' WHEN pole_a_en THEN '' WHEN pole_b_en THEN '' ELSE concat_ws(' ', pole_a_en, pole_b_en) END
            AS intro_en,
        concat_ws(E'\n\n', description, question, standpoints.texts) AS body,
        CASE description_en WHEN '' THEN ''
            ELSE concat_ws(E'\n\n', description_en, question_en, standpoints.texts_en) END AS body_en
    FROM compass_dilemma AS dilemma, LATERAL (
        SELECT string_agg(concat_ws(E'\n\n', title, text), E'\n\n' ORDER BY position) AS texts,
            string_agg(concat_ws(E'\n\n', title_en, text_en), E'\n\n' ORDER BY position) AS texts_en
        FROM compass_standpoint WHERE dilemma_id = dilemma.id
    ) AS standpoints
    WHERE dilemma.id = ANY (ids)
$$;

CREATE OR REPLACE FUNCTION search_source_pivot(ids bigint[]) RETURNS SETOF search_source LANGUAGE sql STABLE AS $$
    SELECT pivot.id AS owner_id, ARRAY[slug] AS address, published_at,
        title, title_en, subtitle AS intro, subtitle_en AS intro_en,
        concat_ws(E'\n\n', body, points.texts) AS body,
        CASE body_en WHEN '' THEN '' ELSE concat_ws(E'\n\n', body_en, points.texts_en) END AS body_en
    FROM compass_pivot AS pivot, LATERAL (
        SELECT string_agg(concat_ws(E'\n\n', title, text), E'\n\n' ORDER BY position) AS texts,
            string_agg(concat_ws(E'\n\n', title_en, text_en), E'\n\n' ORDER BY position) AS texts_en
        FROM compass_pivotpoint WHERE pivot_id = pivot.id
    ) AS points
    WHERE pivot.id = ANY (ids)
$$;

CREATE OR REPLACE FUNCTION search_source_path(ids bigint[]) RETURNS SETOF search_source LANGUAGE sql STABLE AS $$
    SELECT id AS owner_id, ARRAY[slug] AS address, published_at,
        title, title_en, standfirst AS intro, standfirst_en AS intro_en, body, body_en
    FROM compass_path WHERE id = ANY (ids)
$$;

CREATE OR REPLACE FUNCTION search_source_page(ids bigint[]) RETURNS SETOF search_source LANGUAGE sql STABLE AS $$
    SELECT id AS owner_id, ARRAY[slug] AS address, published_at,
        title, title_en, standfirst AS intro, standfirst_en AS intro_en, body, body_en
    FROM compass_page WHERE id = ANY (ids)
$$;

-- What has no date of publishing is public from the start.
CREATE OR REPLACE FUNCTION search_source_milestone(ids bigint[]) RETURNS SETOF search_source LANGUAGE sql STABLE AS $$
    SELECT id AS owner_id, ARRAY[key] AS address, timestamptz '-infinity' AS published_at,
        date_text AS title, date_text_en AS title_en, text AS intro, text_en AS intro_en,
        '' AS body, '' AS body_en
    FROM compass_milestone WHERE id = ANY (ids)
$$;

CREATE OR REPLACE FUNCTION search_source_resource(ids bigint[]) RETURNS SETOF search_source LANGUAGE sql STABLE AS $$
    SELECT id AS owner_id, ARRAY[key] AS address, timestamptz '-infinity' AS published_at,
        title, title_en, text AS intro, text_en AS intro_en, note AS body, note_en AS body_en
    FROM compass_resource WHERE id = ANY (ids)
$$;

-- A chapter is searched in the language it is read in.
CREATE OR REPLACE FUNCTION search_source_chapter(ids bigint[]) RETURNS SETOF search_source LANGUAGE sql STABLE AS $$
    SELECT recording.id AS owner_id, ARRAY[recording.slug, chapter.position::text] AS address, published_at,
        chapter.title, chapter.title_en, recording.title AS intro, recording.title_en AS intro_en,
        CASE language WHEN 'da' THEN transcript ELSE '' END AS body,
        CASE language WHEN 'en' THEN transcript ELSE '' END AS body_en
    FROM compass_chapter AS chapter JOIN compass_recording AS recording ON recording.id = recording_id
    WHERE recording.id = ANY (ids)
$$;
