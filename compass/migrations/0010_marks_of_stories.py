"""Stories have a mark of their own, and what all pages have alike is not read again for one."""

from django.db import migrations

from publishing.database_rules import content


class Migration(migrations.Migration):
    dependencies = [("compass", "0009_index_of_stories")]

    operations = [content("compass")]
