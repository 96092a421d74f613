-- The word list also holds what only drafts say, so both the word that is not written anywhere and the
-- one that is are looked up among what the reader may see.
WITH term AS MATERIALIZED (
    SELECT folded, lexeme
    FROM unnest(%(folded)s::text[], %(lexemes)s::text[], %(whole)s::text[]) AS term (folded, lexeme, whole)
    WHERE length(folded) BETWEEN 4 AND %(longest_word)s AND NOT {written_whole}
)
SELECT term.folded, near.word
FROM term, LATERAL (
    SELECT word FROM (
        SELECT word.word, word.lexeme, similarity(word.folded, term.folded) AS likeness,
            least(
                levenshtein(word.folded, term.folded),
                CASE WHEN length(term.lexeme) > 5 THEN levenshtein(word.lexeme, term.lexeme) END
            ) AS edits
        FROM compass_search_word AS word
        WHERE word.folded %% term.folded AND language = %(language)s
        ORDER BY edits, likeness DESC, word LIMIT 8
    ) AS candidate
    WHERE edits <= CASE WHEN length(term.folded) < 6 THEN 1 WHEN length(term.folded) < 9 THEN 2 ELSE 3 END
    AND {written_candidate}
    ORDER BY edits, likeness DESC, word LIMIT 1
) AS near
