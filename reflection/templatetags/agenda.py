"""The four places of a meeting, on top of the pages of whoever leads."""

from django import template

from reflection.agenda import phases, words_on_freedom
from reflection.confidentiality import safety

register = template.Library()


@register.inclusion_tag("reflection/_leading.html")
def leading(participant, here: str) -> dict:
    """`here` is one of reflection.agenda.Place; what is said of safety is for whoever leads alone."""
    room = participant.reflection
    freedom = words_on_freedom(safety(room)) if here == "see" else ""
    is_past = here == "collect" and room.is_revealed  # nothing is to be said: nobody can answer
    return {"room": room, "phases": phases(participant, here), "freedom": freedom, "is_past": is_past}
