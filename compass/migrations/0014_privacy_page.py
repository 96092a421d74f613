"""«Privatliv» shows what the municipality has decided and tells: a new version of it is a new page."""

from django.db import migrations

TABLES = ["privacy_retentionperiod", "privacy_privacynotice"]
FOLLOW = "".join(
    f"""
    CREATE TRIGGER library_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION library_changed();
    """
    for table in TABLES
)
UNFOLLOW = "".join(f"DROP TRIGGER library_changed ON {table};" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("compass", "0013_drawings_and_documents"), ("privacy", "0003_privacy_notice")]

    operations = [migrations.RunSQL(FOLLOW, UNFOLLOW)]
