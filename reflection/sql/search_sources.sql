-- The compasses and the steps of their current versions can be found (compass/sql/search.sql). A published
-- version never changes, so its steps and prompts need no triggers of their own.

CREATE OR REPLACE FUNCTION search_source_guide(ids bigint[]) RETURNS SETOF search_source LANGUAGE sql STABLE AS $$
    SELECT guide.id AS owner_id, ARRAY[guide.slug] AS address, version.published_at,
        guide.title, guide.title_en, guide.standfirst AS intro, guide.standfirst_en AS intro_en,
        version.intro AS body, version.intro_en AS body_en
    FROM reflection_guide AS guide, LATERAL (
        SELECT id, published_at, intro, intro_en FROM reflection_guideversion
        WHERE guide_id = guide.id AND published_at IS NOT NULL ORDER BY number DESC LIMIT 1
    ) AS version
    WHERE guide.id = ANY (ids) AND NOT guide.is_retired
$$;

CREATE OR REPLACE FUNCTION search_source_step(ids bigint[]) RETURNS SETOF search_source LANGUAGE sql STABLE AS $$
    SELECT guide.id AS owner_id, ARRAY[guide.slug, step.position::text] AS address, version.published_at,
        step.title, step.title_en, step.purpose AS intro, step.purpose_en AS intro_en,
        concat_ws(E'\n\n', prompts.texts, step.help, step.good) AS body,
        concat_ws(E'\n\n', prompts.texts_en, step.help_en, step.good_en) AS body_en
    FROM reflection_guide AS guide
    JOIN LATERAL (
        SELECT id, published_at, intro, intro_en FROM reflection_guideversion
        WHERE guide_id = guide.id AND published_at IS NOT NULL ORDER BY number DESC LIMIT 1
    ) AS version ON true
    JOIN reflection_step AS step ON step.version_id = version.id,
    LATERAL (
        SELECT string_agg(text, E'\n\n' ORDER BY position) AS texts,
            string_agg(text_en, E'\n\n' ORDER BY position) AS texts_en
        FROM reflection_prompt WHERE step_id = step.id
    ) AS prompts
    WHERE guide.id = ANY (ids) AND NOT guide.is_retired
$$;
