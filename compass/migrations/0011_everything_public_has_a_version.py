"""Finished pages are kept until the mark changes (aarhuskompas/page_cache.py), so all that they show moves it."""

from django.db import migrations

TABLES = [
    "compass_chapter",
    "compass_contact",
    "compass_recording",
    "compass_researchfigure",
    "compass_researchquestion",
    "compass_researchwave",
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
    dependencies = [("compass", "0010_danish_order")]

    operations = [migrations.RunSQL(FOLLOW, UNFOLLOW)]
