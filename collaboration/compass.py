"""Samarbejdskompasset, as the engine knows it: its own pages in a room, what is to be looked at again, and
what somebody owns.
"""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from collaboration.development import development_of_room
from collaboration.models import GUIDE, Collaboration, Round
from collaboration.slides import note_on_pair, pair_slides
from privacy.events import record_looks
from privacy.models import Why
from reflection.blindspots import compared_at
from reflection.compasses import AGREED, Compass, Home, Link, NextStep, Outcome, Paper, PaperPart
from reflection.models import Agreement, Participant, Reflection
from reflection.outcomes import day_or_reason, first_agreement, who_of
from reflection.reminders import Due, leading, receivers, subject
from reflection.slides import pair_count

AT_MOST_TOLD = 100
LOOK_BACK = ("collaboration/mail/look_back.txt", "collaboration/mail/look_back.html")


def paper(version) -> Paper:
    """Each answers and guesses; then the group asks about the two that lie furthest apart."""
    asked = PaperPart(
        "",
        [_("Vi troede …"), _("Nu ved vi …"), _("Derfor vil vi …")],
        _("Vis alle tal på samme tid. Spørg om de to principper, hvor gæt og svar er længst fra hinanden."),
    )
    return Paper([_("Jeg svarer for"), _("Jeg gætter på")], [asked, AGREED], has_lines=False)


def renew_opening_of_round(agreement: Agreement):
    """The round under way opens with what is known now of the last agreements."""
    for round in Round.objects.filter(reflection=agreement.reflection_id).select_related("collaboration"):
        round.collaboration.renew_opening()


def look_backs() -> Iterable[Due]:
    """Rounds whose look-back date has come, unless a later round has begun."""
    later = Round.objects.real().filter(collaboration=OuterRef("collaboration"), pk__gt=OuterRef("pk"))
    due = Round.objects.real().filter(
        ~Exists(later), reflection__phase=Reflection.Phase.CONCLUDED, look_back_on__lte=timezone.localdate()
    )
    due = due.select_related("reflection__owner", "collaboration")
    for round in due.prefetch_related(leading("reflection__participants")):
        for user, language in receivers(round.reflection):
            yield Due(
                user,
                language,
                f"round {round.pk}",
                round.look_back_on,
                subject(_("Tid til at kigge igen:"), round.collaboration.title),
                LOOK_BACK,
                lambda round=round: _about(round),
            )


def _about(round: Round) -> dict:
    return {
        "title": round.collaboration.title,
        "look_back_on": round.look_back_on,
        "address": settings.SITE_URL + round.collaboration.get_absolute_url(),
    }


def collaborations_of(user) -> list[dict]:
    """What «Mine data» holds of the collaborations somebody has registered."""
    found = Collaboration.objects.filter(owner=user).prefetch_related("partners")
    return [
        {
            "title": collaboration.title,
            "about": collaboration.about,
            "partners": [partner.title for partner in collaboration.partners.all()],
        }
        for collaboration in found
    ]


def agreed(room: Reflection) -> Outcome:
    """The agreement has a day it is to be done by, and the round one on which it is looked at again."""
    round = Round.objects.filter(reflection=room).select_related("principle", "party").first()
    agreement = first_agreement(room) if room.is_concluded else round and round.drafted
    if round is None or agreement is None:
        return Outcome("", [])
    due = (_("Hvornår"), day_or_reason(agreement.due, agreement.no_date_reason))
    again = (_("I kigger igen"), day_or_reason(round.look_back_on, round.no_look_back_reason))
    principle = round.principle.local.title if round.principle else ""
    lines = [(_("Princip"), principle), *who_of(agreement), due, again]
    if round.is_one_sided and agreement.what:  # not as if the other party had agreed to anything
        lines.insert(0, (_("Kun vores eget syn"), _("Runden er først færdig, når nogen har svaret.")))
    return Outcome(agreement.what, lines)


def next_steps(participant: Participant) -> list[NextStep]:
    """Whoever took part says who else may know, and sees what they saw round by round."""
    if not (participant.is_respondent or participant.is_facilitator):
        return []
    key = participant.reflection.key
    steps = [
        NextStep(
            gettext("Sig, hvem der ellers må se det"),
            reverse("collaboration:consent", args=[key]),
            gettext("Andre ser kun noget, hvis alle parter siger ja."),
        )
    ]
    if participant.reflection.round.is_one_of_several:
        hint = gettext("Det, du så i hver runde, du var med i.")
        address = reverse("reflection:development", args=[key])
        steps.append(NextStep(gettext("Udvikling over runderne"), address, hint))
    return steps


def told_rounds(user) -> SafeString:
    """Rounds whose page for others who led them set in the overview for leaders."""
    rounds = list(Round.objects.told()[:AT_MOST_TOLD])
    others = [round.reflection for round in rounds if round.collaboration.owner_id != user.pk]
    record_looks(user, others, why=Why.SHARED)
    return SafeString(render_to_string("collaboration/_told.html", {"rounds": rounds}) if rounds else "")


SAMARBEJDSKOMPASSET = Compass(
    slug=GUIDE,
    start=Link("collaboration:register", _("Se på et samarbejde")),
    mine=Link("collaboration:mine", _("Mine samarbejder")),
    home=Home("collaboration:about", _("Samarbejdskompasset"), "collaboration:blank"),
    guesses=True,
    paper=paper,
    result=Link("collaboration:result", _("Gæt og svar")),
    conclude=Link("collaboration:agree", _("Aftal")),
    outcome=agreed,
    next_steps=next_steps,
    over_rounds=development_of_room,
    over_rounds_page="collaboration/round_development.html",
    slides=pair_slides,
    slide_count=pair_count,
    compared=compared_at,
    note=note_on_pair,
    overview=_("Det, I kender hinanden mindst på, står først"),
    ending=_("Ét princip og én handling: Hvad bliver I enige om?"),
    text_names={
        "exercise": "Øvelsen: det, man læser først",
        "rule": "Spilleregel",
        "one-sided": "Når den anden part ikke kan være med",
    },
    owned={Collaboration: _("Samarbejder, du har skrevet ind")},
    own_data={"collaborations": collaborations_of},
    reminders=look_backs,
    followed_up=renew_opening_of_round,
    told_across=told_rounds,
)
