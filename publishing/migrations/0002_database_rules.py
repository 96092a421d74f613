"""Danish order; its current text is in publishing/sql/."""

from django.db import migrations

from publishing.database_rules import rule


class Migration(migrations.Migration):
    dependencies = [("publishing", "0001_initial")]

    operations = [rule("publishing", "danish_order")]
