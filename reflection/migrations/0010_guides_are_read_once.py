"""Guides and their versions stand in the library's memory: compass/library.py."""

from django.db import migrations

FOLLOW = """
CREATE TRIGGER library_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON reflection_guide
    FOR EACH STATEMENT EXECUTE FUNCTION library_changed();
CREATE TRIGGER library_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON reflection_guideversion
    FOR EACH STATEMENT EXECUTE FUNCTION library_changed();
"""
UNFOLLOW = """
DROP TRIGGER library_changed ON reflection_guide;
DROP TRIGGER library_changed ON reflection_guideversion;
"""


class Migration(migrations.Migration):
    dependencies = [("reflection", "0009_break_glass"), ("compass", "0008_library_mark")]

    operations = [migrations.RunSQL(FOLLOW, UNFOLLOW)]
