"""da_sort(text): what to sort by for Danish order – æ, ø and å (or aa) after z – on any PostgreSQL.

Use it through compass.ordering.danish_order, which adds the collation that the marks need.
"""

from django.db import migrations

# "{", "|" and "}" stand right after "z" in ASCII.
CREATE = """
CREATE FUNCTION da_sort(content text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN translate(
        replace(lower(normalize(content, NFC)), 'aa', 'å'),
        'æäøöåüéèêëáàâíìîïóòôúùûçñ',
        '{{||}yeeeeaaaiiiiooouuucn'
    );
"""


class Migration(migrations.Migration):
    dependencies = [("compass", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION da_sort(text)")]
