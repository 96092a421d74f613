"""Who we are stands on every page: a change of it is a change of what readers see."""

from django.db import migrations

from publishing.database_rules import follow
from publishing.registry import Table


class Migration(migrations.Migration):
    dependencies = [("compass", "0002_database_rules"), ("publishing", "0004_portal")]

    operations = [
        follow(Table("publishing_portal", ("library",)), Table("publishing_announcement", ("library",))),
    ]
