-- How words are compared: docs/decisions/0006-search.md. Generated columns and compass/search/ use these, so
-- whoever changes one writes all entries anew (UPDATE … SET id = id) and renames nothing.

-- The letters a search is compared in: «Ålborg», «aalborg» and «AALBORG» are one word, «e-mail» is two. A soft
-- hyphen or a zero-width space inside a word hides it from nobody: what is saved is tidied before
-- (publishing.tidy_text), this is for what is written past that.
-- compass/search/query.py: fold() does the same to what is shown; a test compares the two.
CREATE OR REPLACE FUNCTION search_fold(content text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN btrim(regexp_replace(
        replace(replace(replace(
            translate(
                lower(normalize(
                    regexp_replace(content, U&'[\00ad\200b-\200f\202a-\202e\2060-\206f\feff]', '', 'g'), NFC
                )),
                'äöüéèêëáàâíìîïóòôúùûçñ', 'æøueeeeaaaiiiiooouuucn'
            ),
        'æ', 'ae'), 'ø', 'oe'), 'å', 'aa'),
        '[^[:alnum:]]+', ' ', 'g'
    ));

-- Stemmed words. The small words with æ, ø and å are deleted here: PostgreSQL's own list of them
-- does not know them folded. A text of any length can be saved; its first 200,000 letters are found.
CREATE OR REPLACE FUNCTION search_vector(language text, content text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ts_delete(
        to_tsvector(
            CASE language WHEN 'en' THEN 'english'::regconfig ELSE 'danish'::regconfig END,
            search_fold(left(content, 200000))
        ),
        ARRAY['paa', 'naar', 'vaer', 'vaere', 'ogsaa', 'vaeret', 'saadan']
    );

-- Markdown without its marks, and without the names that it knows unseen signs by: what an excerpt is cut from.
CREATE OR REPLACE FUNCTION search_plain(markdown text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN btrim(regexp_replace(regexp_replace(regexp_replace(
        regexp_replace(
            markdown,
            U&'[\00ad\200b-\200f\202a-\202e\2060-\206f\feff]|&(shy|zwnj|zwj|#173|#x0*ad);', '', 'gi'
        ),
        '\[([^\]]*)\]\([^)]*\)', '\1', 'g'),
        '(^|\n)\s*(#{1,6}|[-*>]|\|?[-:| ]*-{3}[-:| ]*)(?=\s|$)|[*`|]+', ' ', 'g'),
        '\s+', ' ', 'g'
    ));
