"""What the database keeps true by itself; the current text of each rule is in reflection/sql/."""

from django.db import migrations

from publishing.database_rules import follow, rule


class Migration(migrations.Migration):
    dependencies = [("reflection", "0001_initial"), ("compass", "0002_database_rules")]

    operations = [
        rule("reflection", "published_versions_never_change"),
        rule("reflection", "search_sources"),
        follow("reflection_guide", kinds=["guide", "step"]),
        follow("reflection_guideversion", kinds=["guide", "step"], owner="guide_id"),
        follow("reflection_step_dilemmas"),
        follow("reflection_step_stories"),
    ]
