from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = "DROP TRIGGER decisions_are_only_added ON privacy_privacynotice;"


class Migration(migrations.Migration):
    dependencies = [("privacy", "0003_privacy_notice")]

    operations = [
        migrations.RunSQL((SQL / "notices_are_only_added.sql").read_text(encoding="utf-8"), UNDO),
    ]
