"""The event log: who did what, about whom, to which thing, why and when – and nothing that anybody typed."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from privacy.marks import PersonalData, Purpose, Whose


class What(models.TextChoices):
    """What can happen. A row holds the word before the comma, so a new one needs no migration."""

    LOOKED = "looked", "så noget, en anden har skrevet"
    LOGGED_IN = "logged_in", "loggede ind"
    LOGIN_FAILED = "login_failed", "kunne ikke logge ind"
    LOGGED_OUT = "logged_out", "loggede ud"
    LIMITED = "limited", "blev bedt om at vente efter for mange forsøg"
    REFUSED = "refused", "sendte en formular, der ikke kom fra portalen"
    INVITED = "invited", "inviterede en konto"
    ACCOUNT_CHANGED = "account_changed", "rettede en konto"
    ROLES_CHANGED = "roles_changed", "ændrede en kontos roller"
    ACCOUNT_CLOSED = "account_closed", "lukkede en konto"
    ACCOUNT_OPENED = "account_opened", "åbnede en konto"
    SESSIONS_ENDED = "sessions_ended", "loggede en konto ud overalt"
    EMERGENCY = "emergency", "brugte nødadgang"
    HANDED_OVER = "handed_over", "gav det, en konto ejede, til en anden"
    ADDED = "added", "oprettede"
    CHANGED = "changed", "rettede"
    DELETED = "deleted", "slettede"
    PUBLISHED = "published", "offentliggjorde"
    EXPORTED = "exported", "hentede som fil"
    IMPORTED = "imported", "importerede"
    PURGED = "purged", "slettede, fordi tiden var gået"
    RESTRICTED = "restricted", "begrænsede behandlingen af en persons oplysninger"
    RELEASED = "released", "frigav behandlingen af en persons oplysninger"


class Why(models.TextChoices):
    """By what right somebody looked. The person whose words they are reads it too."""

    ROOM = "room", _("en deltager i rummet")
    LEADS = "leads", _("en, der leder rummet")
    SHARED = "shared", _("en kollega, det er delt med")
    LINK = "link", _("en, der har fået linket")
    CURATION = "curation", _("redaktionen")
    ACCOUNTS = "accounts", _("en administrator af konti")
    EMERGENCY = "emergency", _("en administrator med nødadgang og en skriftlig grund")
    REQUEST = "request", _("en, der besvarer en anmodning om indsigt")
    SPOT_CHECK = "spot_check", _("en administrator, der kontrollerer loggen")


class EventQuerySet(models.QuerySet["Event"]):
    def looks_at(self, pseudonym, things: models.QuerySet | list) -> "EventQuerySet":
        """When others looked at what is told of somebody, or at one of `things` (keys)."""
        concerned = models.Q(about=pseudonym) | models.Q(key__in=things)
        return self.filter(concerned, what=What.LOOKED).exclude(who=pseudonym)


class Event(models.Model):
    """Written once. PostgreSQL refuses to change a row, and to delete one whose time is not over.

    Somebody is a pseudonym: who that is stands on the account alone, and goes with it.
    """

    at = models.DateTimeField("hvornår", db_default=Now(), db_index=True)
    who = models.UUIDField("hvem", null=True)  # nobody known, or the portal itself
    what = models.CharField("hvad", max_length=30)  # What
    about = models.UUIDField("om hvem", null=True)
    thing = models.CharField("hvilken slags", max_length=60, blank=True)  # «goals.goal»
    key = models.CharField("hvilken", max_length=40, blank=True)
    why = models.CharField("hvorfor", max_length=20, blank=True)  # Why
    detail = models.CharField("nærmere", max_length=120, blank=True)  # words of the code, never of a person
    number = models.PositiveIntegerField("antal", null=True)
    once = models.UUIDField(null=True, unique=True, editable=False)  # see privacy/events.py

    is_append_only = True  # for the application's role: deploy/database/append_only.sql

    objects = EventQuerySet.as_manager()

    personal_data = PersonalData(
        Whose.STAFF,
        Purpose.ACCOUNTABILITY,
        person="",
        traces=("who", "what", "about", "thing", "key", "why", "detail", "at"),
    )

    class Meta:
        verbose_name = "hændelse"
        verbose_name_plural = "hændelser"
        ordering = ["-at", "-pk"]
        default_permissions = ()
        permissions = [("read_events", "Kan læse hændelsesloggen")]
        indexes = [
            models.Index(fields=["who", "-at"], name="events_by_somebody"),
            models.Index(fields=["about", "-at"], name="events_about_somebody"),
            models.Index(fields=["key", "-at"], name="events_of_a_thing"),
        ]

    def __str__(self):
        return f"hændelse {self.pk}"
