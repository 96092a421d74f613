"""Finished pages are kept until the mark changes (aarhuskompas/page_cache.py), so links to them move it."""

from django.db import migrations

TABLES = [
    "reflection_step_dilemmas",
    "reflection_step_stories",
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
    dependencies = [("reflection", "0019_closed_accounts_say_since_when"), ("compass", "0008_library_mark")]

    operations = [migrations.RunSQL(FOLLOW, UNFOLLOW)]
