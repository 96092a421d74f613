-- The list of words also holds what only drafts say, so the shortest few are looked up among what the reader may see.
WITH candidate AS MATERIALIZED (
    SELECT word, lexeme FROM (
        SELECT DISTINCT ON (lexeme) word, lexeme FROM compass_search_word
        WHERE language = %(language)s AND folded LIKE search_fold(%(begun)s) || '%%'
        ORDER BY lexeme, length(word), word
    ) AS word
    ORDER BY length(word), word LIMIT 8
)
SELECT word FROM candidate WHERE {written} ORDER BY length(word), word LIMIT %(words)s
