"""What each search asks is two functions, whose plans a connection makes once."""

from django.db import migrations

from publishing.database_rules import rule


class Migration(migrations.Migration):
    dependencies = [("compass", "0009_marks_of_stories")]

    operations = [rule("compass", "search_read"), rule("compass", "search_find")]
