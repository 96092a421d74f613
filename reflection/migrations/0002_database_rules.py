"""What the database keeps true by itself; the current text of each rule is in reflection/sql/."""

from django.db import migrations

from publishing.database_rules import content, rule


class Migration(migrations.Migration):
    dependencies = [("reflection", "0001_initial"), ("compass", "0002_database_rules")]

    operations = [
        rule("reflection", "published_versions_never_change"),
        rule("reflection", "search_sources"),
        content("reflection"),
    ]
