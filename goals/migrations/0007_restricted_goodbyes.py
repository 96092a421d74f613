"""A goodbye goes from the public list, and comes back, with the restriction of whose it is."""

from django.db import migrations

from publishing.database_rules import content


class Migration(migrations.Migration):
    dependencies = [("goals", "0006_told_decisions"), ("privacy", "0005_restriction")]

    operations = [content("goals")]
