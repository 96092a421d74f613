"""Målkompasset, as the engine knows it: where it goes on, which goodbyes are to be looked at again, what
somebody owns, and what stood in a step the last time.
"""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Prefetch
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from goals.models import GUIDE, Decision, Goal, GoalShare, Goodbye, GoodbyeCheck, Review
from goals.previous_review import previous_answers
from privacy.restrictions import unrestricted
from reflection.compasses import (
    Choice,
    Compass,
    Home,
    Link,
    NextStep,
    Outcome,
    Page,
    Paper,
    PaperPart,
    beginning_of,
)
from reflection.models import Participant, Reflection, Step
from reflection.outcomes import first_agreement, look_back_of, who_of
from reflection.reminders import Due, leading, subject

CHECK = ("goals/mail/check_goodbye.txt", "goals/mail/check_goodbye.html")


def review_of(participant: Participant) -> Review | None:
    return getattr(participant.reflection, "review", None)


def goal_of(participant: Participant) -> Page:
    review = review_of(participant)
    return Page(review.goal.get_absolute_url(), gettext("Målet")) if review else beginning_of(participant)


def look_back_first(participant: Participant) -> str:
    """What became of the last plan, as long as whoever looks alone has not said so."""
    review = review_of(participant) if participant.reflection.is_solo else None
    return (
        reverse("goals:look_back", args=[participant.reflection.key]) if review and review.asks_back else ""
    )


def decided(room: Reflection) -> Outcome:
    """The decision first, then the plan's one agreement; before the end as they are written now."""
    review = Review.objects.filter(reflection=room).first()
    agreement = first_agreement(room) if room.is_concluded else review and review.drafted
    if review is None or agreement is None:
        return Outcome("", [])
    is_reworded = review.is_of_words and review.new_wording != review.wording
    new_words = review.new_wording if is_reworded else ""
    lines = [(_("Hvorfor"), review.reason), (_("Målet lyder nu"), new_words)]
    lines.append((_("Aftale"), agreement.what))
    lines.append((review.plan_labels["stop"], review.stop if review.change else ""))
    lines += who_of(agreement)
    return Outcome(review.decision_words, [*lines, look_back_of(room, agreement)])


def next_steps(participant: Participant) -> list[NextStep]:
    """For whose goal it is: to write down the goodbye, and back to the goal."""
    review = review_of(participant)
    if review is None or participant.user_id != review.goal.owner_id or participant.user_id is None:
        return []
    goal = review.goal.get_absolute_url()
    steps = [NextStep(gettext("Se målet"), goal, gettext("Her står beslutningen og det næste kig."))]
    if review.decision == Decision.GOODBYE:
        farewell = reverse("goals:offer_goodbye", args=[participant.reflection.key])
        hint = gettext("Hvad stopper, hvad giver det plads til, og hvem passer på hensynet bag?")
        steps.insert(0, NextStep(gettext("Skriv farvellet ned"), farewell, hint))
    tell = reverse("goals:tell", args=[participant.reflection.key])
    hint = gettext("Så kan ledere og kolleger læse den. Svarene er der ikke.")
    return [*steps, NextStep(gettext("Fortæl kommunen om beslutningen"), tell, hint)]


def previous_answers_beside(participant: Participant, step: Step) -> SafeString:
    """The answers of the last look beside those of the new, for whoever may read them."""
    review = review_of(participant) if participant.user_id else None
    before = previous_answers(review, step, participant.user) if review else None
    return render_to_string("goals/_previous_answers.html", {"before": before}) if before else SafeString()


def goodbyes_to_check() -> Iterable[Due]:
    """Goodbyes whose trial has ended, or that are three or six months old, to whose goal it was."""
    found = Goodbye.objects.to_check().filter(review__goal__owner__is_active=True)
    found = found.exclude(review__goal__owner__email="")
    for goodbye in found.prefetch_related(leading("review__reflection__participants")):
        owner, room = goodbye.review.goal.owner, goodbye.review.reflection
        languages = {person.user_id: person.language for person in room.with_account}
        is_trial = goodbye.due_stage == GoodbyeCheck.Stage.TRIAL
        yield Due(
            owner,
            languages.get(owner.pk, settings.LANGUAGE_CODE),
            f"goodbye {goodbye.pk}, {goodbye.due_stage}",
            goodbye.trial_until if is_trial else goodbye.stops_on,
            subject(_("Er det virkelig væk?"), goodbye.what),
            CHECK,
            lambda goodbye=goodbye: _goodbye_context(goodbye),
        )


def _goodbye_context(goodbye: Goodbye) -> dict:
    path = reverse("goals:check_goodbye", args=[goodbye.review.reflection.key])
    return {"goodbye": goodbye, "address": settings.SITE_URL + path}


def waiting(user) -> SafeString:
    """Looks alone that were begun, and goodbyes to look at again."""
    running = Review.objects.filter(
        goal__owner=user, goal__archived_at=None, reflection__mode=Reflection.Mode.SOLO
    ).exclude(reflection__phase=Reflection.Phase.CONCLUDED)
    context = {"running": running.select_related("goal")[:5], "to_check": Goodbye.objects.of(user).to_check()}
    return SafeString(render_to_string("goals/_waiting.html", context).strip())


def goals_of(user) -> list[dict]:
    """What «Mine data» holds of the goals somebody has registered; the answers stand with the reflections."""
    found = Goal.objects.filter(owner=user).select_related("department", "city_goal")
    reviews = Prefetch("reviews", Review.objects.select_related("reflection"))
    readers = Prefetch("shares", unrestricted(GoalShare.objects.select_related("user")))
    found = found.prefetch_related("past_wordings", readers, reviews, "reviews__goodbye")
    return [_goal(goal) for goal in found]


def _goal(goal: Goal) -> dict:
    return {
        "wording": goal.wording,
        "earlier_wordings": [past.text for past in goal.past_wordings.all()],
        "stands_in": goal.stands_in,
        "department": goal.department.local.title if goal.department else "",
        "city_goal": goal.city_goal.local.title if goal.city_goal else "",
        "serves": goal.serves,
        "concerns": str(goal.get_concerns_display()),
        "is_law_bound": goal.is_law_bound,
        "set_by": goal.set_by,
        "shared_with": [share.user.email for share in goal.shares.all()],
        "reviews": [_review(review) for review in goal.reviews.all()],
    }


def _review(review) -> dict:
    goodbye = getattr(review, "goodbye", None)
    goodbye_texts = (
        {"what": goodbye.what, "why": goodbye.why, "is_shared": goodbye.is_shared} if goodbye else {}
    )
    return {
        "plan": [{"label": str(label), "text": text} for label, text in review.plan_lines],
        "dissent": review.dissent,
        "new_wording": review.new_wording if review.is_of_words else "",
        "what_became": [{"label": str(label), "text": str(text)} for label, text in review.what_became],
        "goodbye": goodbye_texts,
    }


def paper(version) -> Paper:
    """The goal, and at the end the decision and the plan of the same lines as on the screen."""
    decision = PaperPart(_("Beslutning"), [_("Fordi")], choices=[choice.label for choice in Decision.usual()])
    plan = PaperPart(_("Opfølgningsplan"), [label for label, _text in Review().plan_lines])
    return Paper([_("Målet, ord for ord")], [decision, plan])


def decisions(room: Reflection) -> list[Choice]:
    """What can become of the goal, for everybody in the room to choose between before it is decided."""
    review = Review.objects.filter(reflection=room).select_related("goal").first()
    offered = Decision.offered_for(review.goal) if review else []
    return [Choice(choice.value, str(choice.label), str(choice.when)) for choice in offered]


MAALKOMPASSET = Compass(
    slug=GUIDE,
    start=Link("goals:register", _("Gå et mål igennem")),
    mine=Link("goals:mine", _("Mine mål")),
    across=Link("goals:overview", _("Overblik for ledere")),
    waiting=waiting,
    home=Home("goals:about", _("Målkompasset"), "goals:blank"),
    about=goal_of,
    before_steps=look_back_first,
    conclude=Link("goals:decision", _("Gå til beslutningen")),
    alone_ended=_("Det har du besluttet"),
    outcome=decided,
    next_steps=next_steps,
    choices=decisions,
    paper=paper,
    ending=_("Hvad skal der ske med målet?"),
    variants={
        Goal.Concerns.CITIZENS: "borgere",
        Goal.Concerns.COMPANIES: "virksomheder",
        Goal.Concerns.POLITICIANS: "politikere",
        Goal.Concerns.INSIDE: "kommunen selv",
    },
    owned={Goal: _("Mål, du har skrevet ind")},
    own_data={"goals": goals_of},
    reminders=goodbyes_to_check,
    told_to_readers=lambda: Goodbye.objects.published().values("review__reflection"),
    aside=previous_answers_beside,
)
