"""Whose a goodbye is follows the goal: handed over, it is restricted by another's wish, or by nobody's."""

from django.db import migrations

from publishing.database_rules import content


class Migration(migrations.Migration):
    dependencies = [("goals", "0009_address_of_who_promised")]

    operations = [content("goals")]
