"""How long each kind of personal data is kept: what the municipality has decided, one row a decision."""

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from privacy.marks import NOT_PERSONAL

A_HUNDRED_YEARS = 36_500


class Kept(models.TextChoices):
    """A kind of personal data, by what is decided about it as a whole."""

    ROOMS = "rooms", _("Svar, navne og veje ind i et rum")
    OPEN_ROOMS = "open_rooms", _("Åbne rum: begyndt uden konto, alene eller sammen")
    ALONE = "alone", _("Refleksioner, man laver alene")
    GOALS = "goals", _("Mål og samarbejder")
    AGREEMENTS = "agreements", _("Beslutninger og aftaler")
    UNUSED_ACCOUNTS = "unused_accounts", _("Konti, der aldrig er taget i brug")
    CLOSED_ACCOUNTS = "closed_accounts", _("Konti, der er lukket")
    EVENTS = "events", _("Hændelsesloggen: hvem har set og gjort hvad")
    DRAFTS = "drafts", _("Det, en redaktør har skrevet og ikke gemt")
    BIN = "bin", _("Det, en redaktør har slettet, i papirkurven")
    IMPORTS = "imports", _("Et regneark, der er prøvet og ikke importeret")
    REHEARSALS = "rehearsals", _("Øvelser med opdigtede deltagere")
    SUBMISSIONS = "submissions", _("At en formular er sendt, uden det skrevne")
    SESSIONS = "sessions", _("Hvem der er logget ind")
    LOGINS = "logins", _("Hvilke browsere man er logget ind i")
    WRONG_TRIES = "wrong_tries", _("At nogen har prøvet forkerte koder, uden hvem")

    @property
    def begins(self):
        """When the period begins to run."""
        return BEGINS[self]

    @property
    def at_once(self) -> timedelta | None:
        """How long what is no record of the municipality is kept; None where it has to decide."""
        return AT_ONCE.get(self)


BEGINS = {
    Kept.ROOMS: _("rummet er afsluttet, eller blev åbnet, hvis det ikke er afsluttet"),
    Kept.OPEN_ROOMS: _("rummet blev åbnet"),
    Kept.ALONE: _("refleksionen er afsluttet, eller blev begyndt, hvis den ikke er afsluttet"),
    Kept.GOALS: _("målet eller samarbejdet er skrevet ind, og der ikke er mere i det"),
    Kept.AGREEMENTS: _("rummet er afsluttet, og der ikke er svar i det mere"),
    Kept.UNUSED_ACCOUNTS: _("kontoen er lavet"),
    Kept.CLOSED_ACCOUNTS: _("kontoen er lukket, og den ikke ejer noget mere"),
    Kept.EVENTS: _("det skete"),
    Kept.DRAFTS: _("der sidst blev skrevet"),
    Kept.BIN: _("det blev slettet"),
    Kept.IMPORTS: _("regnearket blev prøvet"),
    Kept.REHEARSALS: _("øvelsen begyndte"),
    Kept.SUBMISSIONS: _("dagen, den blev sendt"),
    Kept.SESSIONS: _("man loggede ind"),
    Kept.LOGINS: _("man loggede ind"),
    Kept.WRONG_TRIES: _("de er talt færdig"),
}

# Nothing that a municipality has to keep: what is only there to make the portal work (GDPR art. 5(1)(e)).
AT_ONCE = {
    Kept.DRAFTS: timedelta(days=30),
    Kept.BIN: timedelta(days=30),
    Kept.IMPORTS: timedelta(hours=1),
    Kept.REHEARSALS: timedelta(days=1),
    Kept.SUBMISSIONS: timedelta(days=1),
    Kept.SESSIONS: timedelta(hours=12),
    Kept.LOGINS: timedelta(hours=12),
    Kept.WRONG_TRIES: timedelta(days=1),
}
# What nobody is kept waiting for: a decision may say something else, and 0 days that there shall be none.
USUAL = {Kept.OPEN_ROOMS: timedelta(days=30)}
# Who has done something shall not decide away its trace on the same day.
LEAST_DAYS_OF_EVENTS = 30
TO_DECIDE = [kind for kind in Kept if kind not in AT_ONCE]


class RetentionPeriodQuerySet(models.QuerySet["RetentionPeriod"]):
    def in_force(self) -> "dict[str, RetentionPeriod]":
        """The last decision about each kind there is one about."""
        latest = self.order_by("kind", "-pk").distinct("kind")
        return {period.kind: period for period in latest}


class RetentionPeriod(models.Model):
    """One decision: how long, by what authority, by whom and when. A later one replaces it."""

    kind = models.CharField("hvad", max_length=30, choices=[(kind.value, kind.label) for kind in TO_DECIDE])
    days = models.PositiveIntegerField(
        "dage",
        validators=[MinValueValidator(0), MaxValueValidator(A_HUNDRED_YEARS)],
        help_text="Ved åbne rum betyder 0, at ingen kan begynde et nyt uden konto.",
    )
    basis = models.CharField(
        "hjemmel",
        max_length=250,
        help_text="Den regel eller kassationsbestemmelse, der giver lov til at slette, og sagens nummer.",
    )
    decided_by = models.CharField("besluttet af", max_length=120, help_text="Rolle eller udvalg, ikke navn.")
    decided_on = models.DateField("besluttet den")
    recorded_at = models.DateTimeField("skrevet ind", db_default=Now())
    recorded_by = models.UUIDField("skrevet ind af", null=True, editable=False)  # a pseudonym

    is_append_only = True

    objects = RetentionPeriodQuerySet.as_manager()

    personal_data = NOT_PERSONAL

    class Meta:
        verbose_name = "beslutning om sletning"
        verbose_name_plural = "frister for sletning"
        ordering = ["kind", "-pk"]
        default_permissions = ("add", "view")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(days__range=(0, A_HUNDRED_YEARS)) & ~models.Q(basis=""),
                name="a_period_has_days_and_a_basis",
            ),
            models.CheckConstraint(
                condition=models.Q(days__gt=0) | models.Q(kind=Kept.OPEN_ROOMS),
                name="only_for_open_rooms_no_day_means_none",
                violation_error_message="Skriv mindst 1 dag. Kun ved åbne rum kan der stå 0.",
            ),
            models.CheckConstraint(
                condition=models.Q(days__gte=LEAST_DAYS_OF_EVENTS) | ~models.Q(kind=Kept.EVENTS),
                name="the_event_log_is_kept_for_a_month",
                violation_error_message=(
                    f"Hændelsesloggen gemmes mindst {LEAST_DAYS_OF_EVENTS} dage, så ingen kan slette sporet "
                    "efter sig selv. Skriv et højere tal."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.days} dage"
