"""A mark that is new after every change of what stories are filtered by: compass/catalogue.py asks it."""

from django.db import migrations

CREATE = """
CREATE TABLE compass_stories_mark (mark uuid NOT NULL);
INSERT INTO compass_stories_mark VALUES (gen_random_uuid());

-- The row is written once a transaction: loading 100,000 stories is one change for everybody else.
-- The setting lives as long as the transaction, and shows it its own changes.
CREATE FUNCTION stories_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('compass.stories_mark', true), '') = '' THEN
        UPDATE compass_stories_mark SET mark = gen_random_uuid();
    END IF;
    PERFORM set_config('compass.stories_mark', gen_random_uuid()::text, true);
    RETURN NULL;
END $$;
"""

DROP = """
DROP FUNCTION stories_changed();
DROP TABLE compass_stories_mark;
"""

TABLES = [
    "compass_story",
    "compass_story_themes",
    "compass_story_dilemmas",
    "compass_path",
    "compass_theme",
    "compass_department",
]

FOLLOW = "".join(
    f"""
    CREATE TRIGGER stories_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION stories_changed();
    """
    for table in TABLES
)
UNFOLLOW = "".join(f"DROP TRIGGER stories_changed ON {table};" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("compass", "0003_search")]

    operations = [
        migrations.RunSQL(CREATE, DROP),
        migrations.RunSQL(FOLLOW, UNFOLLOW),
    ]
