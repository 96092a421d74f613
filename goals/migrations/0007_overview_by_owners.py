from django.db import migrations, models


def count_anew(apps, schema_editor):
    """What was kept says nothing of owners; the next reader counts."""
    apps.get_model("goals", "YearCount").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ("goals", "0006_over_time"),
    ]

    operations = [
        migrations.RunPython(count_anew, migrations.RunPython.noop),
        migrations.RemoveField(model_name="yearcount", name="departments"),
        migrations.RemoveField(model_name="yearcount", name="city_goals"),
        migrations.AddField(
            model_name="yearcount", name="picture", field=models.JSONField(default=dict)
        ),
        migrations.AddField(
            model_name="yearcount", name="owners", field=models.JSONField(default=dict)
        ),
    ]
