from django.core.checks import CheckMessage, Error
from django.db import DatabaseError

from publishing.models import Portal


def check_statement(app_configs, **kwargs) -> list[CheckMessage]:
    """`manage.py check --deploy`: what the law asks of every public website."""
    try:
        portal = Portal.objects.first() or Portal()
    except DatabaseError:  # there are no tables yet
        return []
    if portal.was_url:
        return []
    text = "Nothing links to the accessibility statement that the law asks for."
    hint = "Write its address in the admin, under «portalen», or set WAS_URL before the first start."
    return [Error(text, hint=hint, id="aarhuskompas.E001")]
