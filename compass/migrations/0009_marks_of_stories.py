"""Stories have a mark of their own, and a story whose texts alone are changed is not counted anew."""

from django.db import migrations

from publishing.database_rules import content


class Migration(migrations.Migration):
    dependencies = [("compass", "0008_missed")]

    operations = [content("compass")]
