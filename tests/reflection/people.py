"""People in rooms: each with a browser of their own, and a place that they got through the pages."""

import re

from django.test import Client
from django.urls import reverse

from reflection.models import Participant, Prompt


def enter(room, *, by=None, token=None, **said) -> Client:
    """A browser that has come into the room by the link; `said` is what the form asks for."""
    browser = by or Client()
    address = reverse("reflection:join", args=[token or room.invitation])
    answer = browser.post(address, {"name": "", **said})
    assert answer.status_code == 302, answer.content.decode()
    return browser


def seat(participant) -> Client:
    """A browser that has the place already."""
    browser = Client()
    session = browser.session
    session["places"] = {str(participant.reflection.key): str(participant.key)}
    session.save()
    return browser


def reveal(browser, room):
    """Count and show, as whoever leads does."""
    address = reverse("reflection:reveal", args=[room.key])
    asked = browser.get(address).content.decode()
    return browser.post(address, {"counted": re.search(r'name="counted" value="(\w+)"', asked)[1]})


def place_of(browser, room) -> Participant:
    held = browser.session.get("places", {}) | browser.session.get("account_places", {})
    if str(room.key) in held:
        return room.participants.get(key=held[str(room.key)])
    return room.participants.get(user=browser.session["_auth_user_id"])


def answer(participant, number="3", words="", *, is_signed=False):
    """The same number to every statement and the same words to every line, in place of what stood there."""
    participant.answers.filter(about=None).delete()
    for step in participant.reflection.version.steps.prefetch_related("prompts"):
        for prompt in step.answered_prompts:
            raw = number if prompt.kind == Prompt.Kind.SCALE else words
            if raw:
                is_line = prompt.kind == Prompt.Kind.LINE
                participant.answers.create(
                    prompt=prompt, is_signed=is_signed and is_line, **prompt.content(raw)
                )


def add(room, *answers, **fields) -> list[Participant]:
    """A participant for each answer, a number or (number, words)."""
    people = []
    for given in answers:
        number, words = given if isinstance(given, tuple) else (given, "")
        person = room.participants.create(is_done=True, **fields)
        answer(person, number, words)
        people.append(person)
    return people
