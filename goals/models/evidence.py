"""What a decision stands on: which knowledge, and who carries the goal. Something to talk about."""

import re
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from privacy.marks import PersonalData, Purpose, Whose
from privacy.models import Kept
from reflection.models import Fieldwise


class Kind(NamedTuple):
    """A kind of knowledge: its field (the line is `<field>_line`), its name and what it is."""

    field: str
    label: str
    hint: str


KINDS = [
    Kind("figures", _("Tal"), _("Det, man kan tælle og måle.")),
    Kind("stories", _("Fortælling"), _("Et forløb eller et møde, som nogen har fortalt om.")),
    Kind("voices", _("Borgerens stemme"), _("Det, de mennesker selv siger, som målet er til for.")),
    Kind("craft", _("Faglighed"), _("Det, de fagfolk ved, som gør arbejdet.")),
]
VOICES = {"voices": _("ingen borgers stemme"), "craft": _("ingen, der gør arbejdet")}
ROLES = ["sets", "follows_up", "benefits", "pays"]
SEPARATORS = re.compile(r"[,;/]|\bog\b|\bsamt\b", re.IGNORECASE)


class Evidence(Fieldwise):
    review = models.OneToOneField("goals.Review", models.CASCADE, related_name="evidence")
    figures = models.BooleanField(_("Tal"), default=False)
    figures_line = models.CharField(_("Hvilke tal?"), max_length=250, blank=True)
    stories = models.BooleanField(_("Fortælling"), default=False)
    stories_line = models.CharField(_("Hvilken fortælling?"), max_length=250, blank=True)
    voices = models.BooleanField(_("Borgerens stemme"), default=False)
    voices_line = models.CharField(_("Hvem har sagt hvad?"), max_length=250, blank=True)
    craft = models.BooleanField(_("Faglighed"), default=False)
    craft_line = models.CharField(_("Hvilken faglighed?"), max_length=250, blank=True)
    sets = models.CharField(_("Hvem sætter målet?"), max_length=120, blank=True)
    follows_up = models.CharField(_("Hvem følger op?"), max_length=120, blank=True)
    benefits = models.CharField(_("Hvem har glæde af det?"), max_length=120, blank=True)
    pays = models.CharField(_("Hvem betaler med tid?"), max_length=120, blank=True)

    personal_data = PersonalData(
        Whose.GROUP,
        Purpose.REFLECTION,
        Kept.AGREEMENTS,
        person="review__goal__owner",
        called=_("Det, et mål bygger på"),
        words=("figures_line", "stories_line", "voices_line", "craft_line"),
        nothing=("written_by", "sets", "follows_up", "benefits", "pays"),
    )

    def __str__(self):
        return f"grundlag {self.pk}"

    @property
    def knowledge(self) -> list[tuple[Kind, bool, str]]:
        """Each kind, whether it stands behind, and its line; a line is knowledge too, box or no box."""
        lines = [getattr(self, f"{kind.field}_line") for kind in KINDS]
        return [
            (kind, getattr(self, kind.field) or bool(line), line)
            for kind, line in zip(KINDS, lines, strict=True)
        ]

    @property
    def missing_voices(self) -> list[str]:
        named = {kind.field for kind, is_there, _line in self.knowledge if is_there}
        return [voice for field, voice in VOICES.items() if field not in named]

    @property
    def people(self) -> list[tuple[str, str]]:
        """The question and the answer, in the order of the picture."""
        return [(self._meta.get_field(name).verbose_name, getattr(self, name)) for name in ROLES]

    @property
    def bonds(self) -> list[tuple[int, int]]:
        """Pairs of indexes in `people` where the same people are named."""
        named = [_names(getattr(self, name)) for name in ROLES]
        indexes = range(len(ROLES))
        return [
            (first, second)
            for first in indexes
            for second in indexes
            if first < second and named[first] & named[second]
        ]

    @property
    def is_empty(self) -> bool:
        has_knowledge = any(is_named for _kind, is_named, _line in self.knowledge)
        return not (has_knowledge or any(dict(self.people).values()))

    @property
    def knowledge_sentence(self) -> str:
        """What the picture says, in words; something to talk about, never a score."""
        named = [str(kind.label) for kind, is_there, _line in self.knowledge if is_there]
        missing = [str(kind.label) for kind, is_there, _line in self.knowledge if not is_there]
        if not named:
            return gettext("Ingen slags viden er nævnt endnu.")
        sentence = gettext("Bag står: %s.") % _listed(named)
        return f"{sentence} {gettext('Ikke nævnt: %s.') % _listed(missing)}" if missing else sentence

    @property
    def people_sentence(self) -> str:
        if not (self.pays and self.benefits):
            return gettext("Skriv, hvem der betaler med tid, og hvem der har glæde. Er det de samme?")
        if self.pays_without_benefit:
            return gettext("De, der betaler med tid, er ikke nævnt blandt dem, der har glæde af målet.")
        return gettext("Blandt dem, der betaler med tid, er nogen, som selv har glæde af målet.")

    @property
    def pays_without_benefit(self) -> bool:
        """Whether nobody who pays in time is named among those who benefit; False while one is unsaid."""
        paying, gaining = _names(self.pays), _names(self.benefits)
        return bool(paying and gaining) and not paying & gaining


def _names(text: str) -> set[str]:
    """«Plejen, og de pårørende» → {"plejen", "de pårørende"}."""
    parts = (" ".join(part.split()).casefold().strip(" .") for part in SEPARATORS.split(text))
    return set(filter(None, parts))


def _listed(words: list[str]) -> str:
    """«tal, faglighed og fortælling»."""
    *first, last = [word[:1].lower() + word[1:] for word in words]
    return gettext("%(first)s og %(last)s") % {"first": ", ".join(first), "last": last} if first else last
