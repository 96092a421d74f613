from django.conf import settings
from django.core.checks import CheckMessage, Error


def check_statement(app_configs, **kwargs) -> list[CheckMessage]:
    """`manage.py check --deploy`: what the law asks of every public website."""
    if settings.WAS_URL:
        return []
    text = "Nothing links to the accessibility statement that the law asks for."
    return [Error(text, hint="Set WAS_URL.", id="aarhuskompas.E001")]
