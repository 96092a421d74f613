from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """A shorter time that was decided before stays; from now on none is."""

    dependencies = [("privacy", "0005_restriction")]

    operations = [
        AddConstraintNotValid(
            model_name="retentionperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(("days__gte", 30), models.Q(("kind", "events"), _negated=True), _connector="OR"),
                name="the_event_log_is_kept_for_a_month",
                violation_error_message=(
                    "Hændelsesloggen gemmes mindst 30 dage, så ingen kan slette sporet efter sig selv. "
                    "Skriv et højere tal."
                ),
            ),
        ),
    ]
