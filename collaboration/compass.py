"""What the engine asks of Samarbejdskompasset: what is to be looked at again, and what somebody owns.

And what it tells: the running round opens with what has become of the last agreements.
"""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from collaboration.models import Collaboration, Round
from reflection.models import Agreement, Reflection
from reflection.models.agreements import followed_up
from reflection.privacy.own_data import SOURCES
from reflection.reminders import Due, leading, receivers, remind_of

LOOK_BACK = ("collaboration/mail/look_back.txt", "collaboration/mail/look_back.html")


def listen():
    followed_up.connect(open_with_the_news, sender=Agreement, dispatch_uid="open_with_the_news")
    remind_of(look_backs)
    SOURCES["collaborations"] = collaborations_of


def open_with_the_news(sender, agreement: Agreement, **kwargs):
    """The round under way opens with what is known now of the last agreements."""
    for one in Round.objects.filter(reflection=agreement.reflection_id).select_related("collaboration"):
        one.collaboration.renew_opening()


def look_backs() -> Iterable[Due]:
    """Rounds whose look-back date has come, unless a later round has begun."""
    later = Round.objects.real().filter(collaboration=OuterRef("collaboration"), pk__gt=OuterRef("pk"))
    due = Round.objects.real().filter(
        ~Exists(later), reflection__phase=Reflection.Phase.CONCLUDED, look_back_on__lte=timezone.localdate()
    )
    due = due.select_related("reflection__owner", "collaboration")
    for one in due.prefetch_related(leading("reflection__participants")):
        for user, language in receivers(one.reflection):
            yield Due(
                user,
                language,
                f"round {one.pk}",
                one.look_back_on,
                _("Tid til at kigge igen"),
                LOOK_BACK,
                lambda one=one: _about(one),
            )


def _about(one: Round) -> dict:
    return {
        "title": one.collaboration.title,
        "look_back_on": one.look_back_on,
        "address": settings.SITE_URL + one.collaboration.get_absolute_url(),
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
