-- da_sort(text): what to sort by for Danish order – æ, ø and å (or aa) after z – on any PostgreSQL.
-- Use it through publishing.danish_order, which adds the collation that the marks need:
-- "{", "|" and "}" stand right after "z" in ASCII.
CREATE OR REPLACE FUNCTION da_sort(content text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN translate(
        replace(lower(normalize(content, NFC)), 'aa', 'å'),
        'æäøöåüéèêëáàâíìîïóòôúùûçñ',
        '{{||}yeeeeaaaiiiiooouuucn'
    );
