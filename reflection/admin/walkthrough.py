"""A draft as those who take part will see it: from a made-up place, in a trial that leaves nothing."""

from django.template.loader import render_to_string
from django.utils.translation import override

from publishing.admin.pending import LANGUAGES, SCRIPT
from publishing.trial import reader_like, trial
from reflection.forms.answers import StepForm
from reflection.models import GuideVersion, Participant, Reflection, Step
from reflection.views.answers import on_step


def pages_of(request, version: GuideVersion, step: Step) -> list[dict]:
    """The step's page in both languages."""
    with trial():
        room = made_up_room(version, request.user)
        person = room.participants.create(party=room.parties.first(), is_pretend=True)
        return [_page(request, person, step, *language) for language in LANGUAGES.items()]


def made_up_room(version: GuideVersion, user) -> Reflection:
    mode = Reflection.Mode.CONFIDENTIAL
    room = Reflection.open_room(version, user, title=f"Prøve: {version}", mode=mode, is_rehearsal=True)
    for position, title in enumerate(["Os", "De andre"], start=1):
        if version.is_between_parties:
            room.parties.create(position=position, title=title)
    return room


def _page(request, person: Participant, step: Step, code: str, name: str) -> dict:
    with override(code):
        reader = reader_like(request, "/", code)
        form = StepForm(None, participant=person, step=step)
        html = render_to_string("reflection/step.html", on_step(reader, form), reader)
    return {"code": code, "name": name, "html": SCRIPT.sub("", html)}
