from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reflection", "0018_danish_order")]

    operations = [migrations.RemoveField("reflection", "owner_gone_at")]
