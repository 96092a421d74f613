import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0005_wrong_tries"),
    ]

    operations = [
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("name", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("fingerprint", models.CharField(max_length=64)),
                ("address", models.TextField(blank=True)),
                ("session_key", models.CharField(blank=True, max_length=40)),
                ("sent_on", models.DateField(db_index=True, default=django.utils.timezone.localdate)),
            ],
            options={
                "default_permissions": (),
            },
        ),
    ]
