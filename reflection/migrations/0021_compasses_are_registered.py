"""Where a room leads from the engine's pages is said by its compass (reflection/compasses.py), not by each row."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reflection", "0020_links_of_steps_have_a_version")]

    operations = [
        migrations.RemoveField("reflection", "more_to_answer_at"),
        migrations.RemoveField("reflection", "shown_at"),
        migrations.RemoveField("reflection", "goes_on_at"),
    ]
