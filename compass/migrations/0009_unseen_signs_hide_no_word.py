"""A soft hyphen or a zero-width space inside a word does not hide it from search.

What is saved is tidied before (publishing.tidy_text); this is for what is written past that, and for the
names that Markdown knows such signs by.
"""

from django.db import migrations

UNSEEN = "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"

FOLD = f"""
CREATE OR REPLACE FUNCTION search_fold(content text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN btrim(regexp_replace(
        replace(replace(replace(
            translate(
                lower(normalize(regexp_replace(content, '{UNSEEN}', '', 'g'), NFC)),
                'äöüéèêëáàâíìîïóòôúùûçñ', 'æøueeeeaaaiiiiooouuucn'
            ),
        'æ', 'ae'), 'ø', 'oe'), 'å', 'aa'),
        '[^[:alnum:]]+', ' ', 'g'
    ));
"""

PLAIN = f"""
CREATE OR REPLACE FUNCTION search_plain(markdown text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN btrim(regexp_replace(regexp_replace(regexp_replace(
        regexp_replace(markdown, '{UNSEEN}|&(shy|zwnj|zwj|#173|#x0*ad);', '', 'gi'),
        '\\[([^\\]]*)\\]\\([^)]*\\)', '\\1', 'g'),
        '(^|\\n)\\s*(#{{1,6}}|[-*>]|\\|?[-:| ]*-{{3}}[-:| ]*)(?=\\s|$)|[*`|]+', ' ', 'g'),
        '\\s+', ' ', 'g'
    ));
"""

# What is there already counts as changed.
FILL = "".join(
    f"UPDATE compass_{name} SET id = id;"
    for name in ["story", "dilemma", "pivot", "path", "page", "milestone", "resource", "recording"]
)


class Migration(migrations.Migration):
    dependencies = [("compass", "0008_library_mark")]

    operations = [
        migrations.RunSQL([FOLD, PLAIN], migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
