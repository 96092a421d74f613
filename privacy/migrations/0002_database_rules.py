"""What is only added to; the current text of each rule is in privacy/sql/."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
DROP TRIGGER events_are_only_added ON privacy_event;
DROP TRIGGER events_are_never_emptied ON privacy_event;
DROP TRIGGER decisions_are_only_added ON privacy_retentionperiod;
DROP FUNCTION privacy_purge_events, privacy_guard_events, privacy_events_end, privacy_guard_decisions;
"""


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_initial")]

    operations = [
        migrations.RunSQL((SQL / "events_are_only_added.sql").read_text(encoding="utf-8"), UNDO),
        migrations.RunSQL(
            (SQL / "decisions_are_only_added.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
    ]
