"""Who we are: one record, which everything that names the portal or its municipality asks.

current_portal().local.name                             in Python
{{ portal.local.name }}                                 in a page (a context processor puts it there)
{% portal as portal %}{{ portal.local.name }}           where no request is: mails, pieces, parts of tags
"""

from datetime import datetime
from hashlib import blake2b

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from privacy.marks import NOT_PERSONAL, PersonalData, Purpose, Whose
from publishing.colours import COLOUR, COLOURS, contrast_problems
from publishing.content_version import once_per_version
from publishing.logo import checked_svg, cleaned_svg
from publishing.translated import Translated

ONLY = 1
# Until somebody has written who they are: words that fit any municipality.
UNWRITTEN = {
    "name": "Kompasset",
    "name_en": "The Compass",
    "municipality": "Kommunen",
    "municipality_en": "the municipality",
    "municipality_short": "kommunen",
    "municipality_short_en": "the municipality",
    "municipality_genitive": "Kommunens",
    "municipality_genitive_en": "the municipality's",
    "promise": "Læs og svar.",
    "promise_en": "Read and answer.",
    "promise_rest": "Aftal, og kom igen.",
    "promise_rest_en": "Agree, and come back.",
    "welcome": "Kompasset hjælper borgere og kommune med at finde ud af, hvad der har værdi.",
    "welcome_en": "The compass helps citizens and municipality to find out what has value.",
    "city_goal": "byrådsmål",
    "city_goal_en": "council goal",
    "contact_email": "kompas@example.dk",
}


class Section(models.TextChoices):
    """What a municipality may keep to itself."""

    AUDIOBOOK = "lydbog", "Lydbog"
    TIMELINE = "tilblivelse", "Sådan blev kompasset til"
    DOCUMENTS = "dokumenter", "Dokumenter"
    RESEARCH = "viden", "Viden og forskning"
    FAREWELLS = "farvel", "Farvel"
    OPEN_DATA = "data", "Åbne data"


class Portal(Translated, models.Model):
    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY, editable=False)
    name = models.CharField("portalens navn", max_length=60)
    name_en = models.CharField("portalens navn, engelsk", max_length=60, blank=True)
    municipality = models.CharField("kommunens navn", max_length=80)
    municipality_en = models.CharField("kommunens navn, engelsk", max_length=80, blank=True)
    municipality_short = models.CharField("kommunens korte navn", max_length=40)
    municipality_short_en = models.CharField("kommunens korte navn, engelsk", max_length=40, blank=True)
    municipality_genitive = models.CharField("kommunens navn i ejefald", max_length=80)
    municipality_genitive_en = models.CharField(
        "kommunens navn i ejefald, engelsk", max_length=80, blank=True
    )
    promise = models.CharField("løftet, første linje", max_length=40)
    promise_en = models.CharField("løftet, første linje, engelsk", max_length=40, blank=True)
    promise_rest = models.CharField("løftet, anden linje", max_length=40, blank=True)
    promise_rest_en = models.CharField("løftet, anden linje, engelsk", max_length=40, blank=True)
    welcome = models.TextField("velkomst på forsiden", max_length=300)
    welcome_en = models.TextField("velkomst på forsiden, engelsk", max_length=300, blank=True)
    city_goal = models.CharField("det, mål støtter: ét", max_length=40)
    city_goal_en = models.CharField("det, mål støtter: ét, engelsk", max_length=40, blank=True)

    main_site = models.URLField("kommunens hjemmeside", blank=True)
    address = models.CharField("adresse", max_length=200, blank=True)
    cvr = models.CharField(
        "CVR-nummer",
        max_length=8,
        blank=True,
        validators=[RegexValidator(r"^\d{8}$", "Et CVR-nummer er otte cifre.")],
    )
    phone = models.CharField("telefon", max_length=30, blank=True)
    contact_email = models.EmailField("e-mail til portalen")
    security_email = models.EmailField("e-mail til den, der tager imod sikkerhedsfejl", blank=True)
    was_url = models.URLField("tilgængelighedserklæringens adresse", blank=True)

    logo = models.TextField("logo", blank=True, validators=[checked_svg])
    main_colour = models.CharField("hovedfarve", max_length=7, blank=True, validators=[COLOUR])
    main_colour_dark = models.CharField(
        "hovedfarve på mørk bund", max_length=7, blank=True, validators=[COLOUR]
    )
    accent_colour = models.CharField("accentfarve", max_length=7, blank=True, validators=[COLOUR])
    accent_colour_dark = models.CharField(
        "accentfarve på mørk bund", max_length=7, blank=True, validators=[COLOUR]
    )

    closed = ArrayField(
        models.CharField(max_length=20, choices=Section.choices),
        verbose_name="lukket for offentligheden",
        default=list,
        blank=True,
    )
    updated_at = models.DateTimeField("sidst ændret", auto_now=True)

    personal_data = PersonalData(
        Whose.NAMED,
        Purpose.PUBLISHING,
        identity=("contact_email", "security_email", "phone"),
        is_all_words=True,
    )

    class Meta:
        verbose_name = "portalen"
        verbose_name_plural = "portalen"
        constraints = [models.CheckConstraint(condition=models.Q(id=ONLY), name="there_is_one_portal")]

    def __str__(self):
        return self.name

    def save(self, **kwargs):
        self.logo = cleaned_svg(self.logo)  # by whatever way it came
        super().save(**kwargs)

    @property
    def owner(self) -> str:
        return self.local.municipality_genitive

    @property
    def local_promise(self) -> str:
        """Both lines as one sentence after the other."""
        return f"{self.local.promise} {self.local.promise_rest}".strip()

    @property
    def look(self) -> str:
        """Another one for other colours or another logo."""
        seen = [getattr(self, name) for name in ("logo", *COLOURS)]
        return blake2b("|".join(seen).encode(), digest_size=8).hexdigest()

    @property
    def has_own_colours(self) -> bool:
        return bool(self.main_colour or self.accent_colour)

    @property
    def open_sections(self) -> set[str]:
        return set(Section.values) - set(self.closed)

    @property
    def notices(self) -> list["Announcement"]:
        """Those to be read at this moment, the most serious first."""
        now = timezone.now()
        return [one for one in self._announcements if one.is_shown_at(now)]

    _announcements: list["Announcement"] = []

    def clean(self):
        if problems := contrast_problems(self):
            raise ValidationError(problems)


class Announcement(Translated, models.Model):
    """Said at the top of every page for a time: that the portal is closed on Sunday, or a crisis."""

    appears_at = ("shown_from", "shown_until")

    text = models.CharField("besked", max_length=300)
    text_en = models.CharField("besked, engelsk", max_length=300, blank=True)
    url = models.URLField("læs mere på", blank=True)
    is_crisis = models.BooleanField("krise", default=False)
    shown_from = models.DateTimeField("vises fra", default=timezone.now)
    shown_until = models.DateTimeField("vises til", null=True, blank=True)

    personal_data = NOT_PERSONAL

    class Meta:
        verbose_name = "besked på alle sider"
        verbose_name_plural = "beskeder på alle sider"
        ordering = ["-is_crisis", "shown_from"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(shown_until__isnull=True)
                | models.Q(shown_until__gt=models.F("shown_from")),
                name="announcements_end_after_they_begin",
                violation_error_message="Beskeden skal slutte, efter den begynder.",
            )
        ]

    def __str__(self):
        return self.text

    def is_shown_at(self, moment: datetime) -> bool:
        return self.shown_from <= moment and (self.shown_until is None or moment < self.shown_until)


def unwritten() -> Portal:
    return Portal(**UNWRITTEN)


@once_per_version(otherwise=unwritten)
def current_portal() -> Portal:
    portal = Portal.objects.first() or unwritten()
    portal._announcements = list(Announcement.objects.all())
    return portal


def in_templates(request) -> dict:
    """The context processor."""
    return {"portal": SimpleLazyObject(current_portal)}
