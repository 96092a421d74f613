"""What a look at a goal can end with."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Decision(models.TextChoices):
    KEEP = "keep", _("Behold")
    ADJUST = "adjust", _("Justér")
    REPLACE = "replace", _("Erstat")
    GOODBYE = "goodbye", _("Sig farvel")
    ADJUST_FOLLOW_UP = "adjust-follow-up", _("Justér opfølgningen")
    CARRY_ON = "carry-on", _("Bær erfaringen videre")

    @property
    def when(self) -> str:
        return WHEN[self][0]

    @property
    def next_step(self) -> str:
        return WHEN[self][1]

    @property
    def is_of_words(self) -> bool:
        """Whether the goal gets new words by it."""
        return self in {Decision.ADJUST, Decision.REPLACE}

    @classmethod
    def offered_for(cls, goal) -> list["Decision"]:
        """Nobody here can say goodbye to a goal that the law has set; other ways stand open."""
        if goal.is_law_bound:
            return [cls.KEEP, cls.ADJUST, cls.REPLACE, cls.ADJUST_FOLLOW_UP, cls.CARRY_ON]
        return cls.usual()

    @classmethod
    def usual(cls) -> list["Decision"]:
        return [cls.KEEP, cls.ADJUST, cls.REPLACE, cls.GOODBYE]


# When a decision is the right one, and what follows.
WHEN = {
    Decision.KEEP: (
        _("Målet er klart, det gavner nogen, og opfølgningen bliver brugt."),
        _("Sig det højt, og lad det være i fred til næste kig."),
    ),
    Decision.ADJUST: (
        _("Retningen er god, men ordene, tallet eller rytmen driller."),
        _("Skriv den nye udgave, og vis den til dem, der bidrager."),
    ),
    Decision.REPLACE: (
        _("Det vigtige ligger et andet sted, end målet peger."),
        _("Sæt et nyt mål sammen med dem, det er til for."),
    ),
    Decision.GOODBYE: (
        _("Ingen har glæde af det, og intet krav holder på det."),
        _("Stop, giv besked, og behold hensynet bag."),
    ),
    Decision.ADJUST_FOLLOW_UP: (
        _("Målet ligger fast, men måden at følge op på hjælper ingen."),
        _("Aftal en anden opfølgning, og fortæl hvorfor."),
    ),
    Decision.CARRY_ON: (
        _("Andre bestemmer over målet, og de bør kende erfaringen herfra."),
        _("Skriv, hvem der skal høre den, og hvem der fortæller den."),
    ),
}
