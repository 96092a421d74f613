from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_roles")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="new_email",
            field=models.EmailField(blank=True, default="", editable=False, max_length=254),
            preserve_default=False,
        )
    ]
