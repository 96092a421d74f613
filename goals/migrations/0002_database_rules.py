"""Goodbyes that are shared are public: whoever keeps pages hears of a change (compass/sql/content_marks.sql)."""

from django.db import migrations

from publishing.database_rules import content


class Migration(migrations.Migration):
    dependencies = [
        ("goals", "0001_initial"),
        ("compass", "0002_database_rules"),
        ("privacy", "0005_restriction"),  # whose table is followed too
    ]

    operations = [content("goals")]
