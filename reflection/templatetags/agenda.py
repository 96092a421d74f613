"""The four stages of a meeting, on top of the pages of whoever leads."""

from django import template

from reflection.agenda import agenda_items, safety_sentence
from reflection.confidentiality import safety

register = template.Library()


@register.inclusion_tag("reflection/_leading.html")
def leading(participant, here: str) -> dict:
    """`here` is one of reflection.agenda.Stage; what is said of safety is for whoever leads alone."""
    room = participant.reflection
    freedom = safety_sentence(safety(room)) if here == "see" else ""
    is_past = here == "collect" and room.is_revealed  # nothing is to be said: nobody can answer
    return {"room": room, "phases": agenda_items(participant, here), "freedom": freedom, "is_past": is_past}
