from django.db import migrations

from publishing.database_rules import rule


class Migration(migrations.Migration):
    dependencies = [("publishing", "0007_no_words_of_anybody")]

    operations = [rule("publishing", "english_behind")]
