"""A mark that is new after every change of what readers find in the library: compass/library.py asks it."""

from django.db import migrations

CREATE = """
CREATE TABLE compass_library_mark (mark uuid NOT NULL);
INSERT INTO compass_library_mark VALUES (gen_random_uuid());

-- As stories_changed: once a transaction for everybody else, and each time for the transaction itself.
CREATE FUNCTION library_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('compass.library_mark', true), '') = '' THEN
        UPDATE compass_library_mark SET mark = gen_random_uuid();
    END IF;
    PERFORM set_config('compass.library_mark', gen_random_uuid()::text, true);
    RETURN NULL;
END $$;
"""

DROP = """
DROP FUNCTION library_changed();
DROP TABLE compass_library_mark;
"""

TABLES = [
    "compass_attachment",
    "compass_department",
    "compass_dilemma",
    "compass_dilemma_sources",
    "compass_fact",
    "compass_fact_sources",
    "compass_milestone",
    "compass_milestone_resources",
    "compass_milestone_sources",
    "compass_page",
    "compass_path",
    "compass_picture",
    "compass_pivot",
    "compass_pivotpoint",
    "compass_resource",
    "compass_source",
    "compass_standpoint",
    "compass_story",
    "compass_story_attachments",
    "compass_story_dilemmas",
    "compass_story_sources",
    "compass_story_themes",
    "compass_theme",
]

FOLLOW = "".join(
    f"""
    CREATE TRIGGER library_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION library_changed();
    """
    for table in TABLES
)
UNFOLLOW = "".join(f"DROP TRIGGER library_changed ON {table};" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("compass", "0007_pictures")]

    operations = [
        migrations.RunSQL(CREATE, DROP),
        migrations.RunSQL(FOLLOW, UNFOLLOW),
    ]
