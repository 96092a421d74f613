"""What has to be written down before people use the portal: `manage.py check --deploy`."""

from django.core import checks
from django.db import DatabaseError

from privacy.models import PrivacyNotice
from privacy.retention import undecided


def check_notice(app_configs, **kwargs) -> list[checks.CheckMessage]:
    """Article 13: nobody may be asked to write before all of it is told."""
    try:
        missing = (PrivacyNotice.objects.in_force() or PrivacyNotice()).missing
    except DatabaseError:  # there are no tables yet
        return []
    if not missing:
        return []
    text = f"What people are told before they write (GDPR article 13) lacks: {', '.join(missing)}."
    hint = "Write it in the admin, under «oplysninger til dem, der skriver (artikel 13)»."
    return [checks.Warning(text, hint=hint, id="privacy.W001")]


def check_retention(app_configs, **kwargs) -> list[checks.CheckMessage]:
    """What nobody has decided about is kept for ever."""
    try:
        kinds = [kind.value for kind in undecided()]
    except DatabaseError:
        return []
    if not kinds:
        return []
    text = f"Nobody has decided how long is kept, and by what authority it is deleted: {', '.join(kinds)}."
    return [
        checks.Warning(text, hint="Write it in the admin, under «frister for sletning».", id="privacy.W002")
    ]
