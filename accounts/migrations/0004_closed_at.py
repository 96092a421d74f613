from django.db import migrations, models
from django.utils import timezone


def close_now(apps, schema_editor):
    """When the accounts that are closed were closed is not known any more; from now on it is."""
    apps.get_model("accounts", "User").objects.filter(is_active=False).update(closed_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_new_email")]

    operations = [
        migrations.AddField("user", "closed_at", models.DateTimeField(editable=False, null=True)),
        migrations.RunPython(close_now, migrations.RunPython.noop),
    ]
