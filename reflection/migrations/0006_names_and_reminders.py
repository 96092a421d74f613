from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reflection", "0005_parties_and_texts")]

    operations = [
        migrations.AddField(
            model_name="snapshot",
            name="names",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="participant",
            name="reminded_on",
            field=models.DateField(blank=True, null=True),
        ),
    ]
