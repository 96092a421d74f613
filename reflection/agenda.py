"""The four stages of a meeting, with minutes and what to say aloud: whoever leads sees where they are.

A guide says its own minutes and words in `GuideVersion.texts` («say-collect», «minutes-collect»); what it
does not say is as in every compass.
"""

from enum import StrEnum
from typing import NamedTuple

from django.contrib.humanize.templatetags.humanize import apnumber
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from reflection.models import Participant


class Stage(StrEnum):
    COLLECT = "collect"
    SEE = "see"
    TALK = "talk"
    AGREE = "agree"


TITLES = {
    Stage.COLLECT: _("Saml svar"),
    Stage.SEE: _("Se svarene"),
    Stage.TALK: pgettext_lazy("samtale", "Tal"),
    Stage.AGREE: _("Aftal"),
}
MINUTES = {Stage.COLLECT: 15, Stage.SEE: 5, Stage.TALK: 40, Stage.AGREE: 15}
SAY = {
    Stage.COLLECT: _(
        "I svarer hver for sig på jeres egen telefon. Ingen ser de andres svar, før vi viser dem samlet. "
        "I må gerne svare «ved ikke»."
    ),
    Stage.SEE: _(
        "Læs svarene i stilhed i et par minutter. Ingen skal forsvare et tal. Læg mærke til, hvad der "
        "overrasker jer."
    ),
    Stage.TALK: _(
        "Vi tager ét ad gangen og begynder, hvor vi ser det mest forskelligt. Én taler ad gangen, og den, "
        "der normalt bestemmer, taler sidst. Man må sige pas."
    ),
    Stage.AGREE: _("Vi vælger én ting, sætter navn og dato på og bestemmer, hvornår vi kigger igen."),
}
# What those texts of a guide are called where they are edited.
TEXT_NAMES = {
    "say-collect": "Sig højt, mens der svares",
    "say-see": "Sig højt, når svarene ses",
    "say-talk": "Sig højt, når der tales",
    "say-agree": "Sig højt, når der aftales",
    "minutes-collect": "Minutter til at svare",
    "minutes-see": "Minutter til at se svarene",
    "minutes-talk": "Minutter til at tale",
    "minutes-agree": "Minutter til at aftale",
    "knows": "Gæt og svar er under 0,5 fra hinanden",
    "close": "Gæt og svar er 0,5–1,4 fra hinanden",
    "too-high": "Gættet er 1,5 eller mere for højt",
    "too-low": "Gættet er 1,5 eller mere for lavt",
    "sure-but-wrong": "Sikker, og 1,5 eller mere ved siden af",
    "divided": "Gættet ramte, men den anden part er ikke enig med sig selv",
}


class AgendaItem(NamedTuple):
    number: int
    title: str
    minutes: str
    say: str
    address: str  # empty where one cannot go yet
    is_current: bool


def agenda_items(participant: Participant, here: str) -> list[AgendaItem]:
    version = participant.reflection.version
    addresses = _addresses(participant)
    return [
        AgendaItem(
            number,
            str(TITLES[stage]),
            version.text(f"minutes-{stage}") or str(MINUTES[stage]),
            version.text(f"say-{stage}") or str(SAY[stage]),
            addresses.get(stage, ""),
            stage == here,
        )
        for number, stage in enumerate(Stage, start=1)
    ]


def _addresses(participant: Participant) -> dict[Stage, str]:
    room = participant.reflection
    lead = reverse("reflection:lead", args=[room.key])
    found = {Stage.COLLECT: lead}
    if room.is_revealed and not room.is_concluded:
        found[Stage.SEE] = room.result_address
        found[Stage.TALK] = reverse("reflection:talk_here", args=[room.key])
        if participant.may_conclude:
            found[Stage.AGREE] = room.conclude_address
    return found


def safety_sentence(counts: list[int]) -> str:
    """What «Hvor frit kan du svare?» means, for whoever leads; `said` is how many said 1 to 5."""
    total, held_back = sum(counts), sum(counts[:2])
    numbers = {"few": str(apnumber(held_back)).capitalize(), "all": apnumber(total)}
    if not total:
        return ""
    if not held_back:
        return gettext("Ingen af de %(all)s siger, at de ikke kan svare frit.") % numbers
    if held_back * 2 >= total:
        return gettext("%(few)s af %(all)s kan ikke svare frit. Stop, og spørg, hvad der skal til.") % numbers
    return gettext("%(few)s af %(all)s kan ikke svare frit. Spørg alle, hvad der skal til.") % numbers
