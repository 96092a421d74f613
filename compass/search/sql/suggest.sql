-- The last word may be half written; each of the others, and a whole last one, may be inflected.
WITH typed AS (
    SELECT string_agg(
        concat_ws(' | ', CASE WHEN is_last THEN format('%%L:*A', folded) END, format('%%L:A', own[1])),
        ' & '
    )::tsquery AS query
    FROM (
        SELECT folded, position = max(position) OVER () AS is_last,
            tsvector_to_array(search_vector(%(language)s, folded)) AS own
        FROM unnest(string_to_array(search_fold(%(text)s), ' ')) WITH ORDINALITY AS t (folded, position)
        LIMIT %(most_words)s
    ) AS word
    WHERE is_last OR own <> '{{}}'
), found AS (
    (
        SELECT * FROM (
            SELECT entry.* FROM compass_search_entry AS entry, typed
            WHERE kind = 'story' AND heading @@ query OFFSET 0
        ) AS entry
        WHERE {visible} LIMIT 100
    )
    UNION ALL
    (
        SELECT entry.* FROM compass_search_entry AS entry, typed
        WHERE kind <> 'story' AND {visible} AND vector @@ query LIMIT 100
    )
)
SELECT kind, address, title FROM found
WHERE kind = ANY (%(kinds)s)
ORDER BY starts_with(search_fold(title), search_fold(%(text)s)) DESC, length(title), id
LIMIT %(suggestions)s
