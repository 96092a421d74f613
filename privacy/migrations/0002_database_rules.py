"""What is only added to; the current text of each rule is in privacy/sql/.

As publishing.database_rules.rule, which stands above this app.
"""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
RULES = ["events_are_only_added", "decisions_are_only_added", "notices_are_only_added"]


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_initial")]

    operations = [
        migrations.RunSQL((SQL / f"{rule}.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop)
        for rule in RULES
    ]
