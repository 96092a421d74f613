from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('goals', '0002_initial'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='review',
            name='written_by',
        ),
        migrations.AddField(
            model_name='review',
            name='written_by',
            field=models.JSONField(default=dict, editable=False),
        ),
    ]
