"""What an editor is told who ends a trial before it begins."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('compass', '0010_searching'),
        ('goals', '0010_whose_goodbyes_are'),
    ]

    operations = [
        migrations.AlterConstraint(
            model_name='goodbye',
            name='a_trial_goodbye_has_an_end',
            constraint=models.CheckConstraint(condition=models.Q(('is_trial', False), models.Q(('trial_until__gt', models.F('stops_on')), ('trial_until__isnull', False)), _connector='OR'), name='a_trial_goodbye_has_an_end', violation_error_message='Skriv en dag, hvor prøven slutter, efter den, hvor det stopper.'),
        ),
    ]
