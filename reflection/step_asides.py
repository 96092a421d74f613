"""What stands beside a step while somebody in a room answers it. Apps above the engine add to it."""

from collections.abc import Callable

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from reflection.models import Participant, Step

SOURCES: list[Callable[[Participant, Step], SafeString]] = []


def beside(place: Participant, step: Step) -> SafeString:
    """HTML that this participant may read; empty where no source has any."""
    return format_html_join("", "{}", ((source(place, step),) for source in SOURCES))
