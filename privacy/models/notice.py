"""What people are told before they write (GDPR article 13), as fields. A change is a new version."""

from datetime import datetime

from django.db import models
from django.db.models.functions import Now
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext

from privacy.marks import NOT_PERSONAL


class PrivacyNoticeQuerySet(models.QuerySet["PrivacyNotice"]):
    def in_force(self, at: datetime | None = None) -> "PrivacyNotice | None":
        """The version that is told now, or was told at a moment."""
        found = self.filter(recorded_at__lte=at) if at else self
        return found.order_by("-pk").first()


class PrivacyNotice(models.Model):
    """One version. `manage.py check --deploy` says what it lacks; periods are in privacy/retention.py."""

    controller = models.CharField("dataansvarlig", max_length=200, blank=True, help_text="Kommunens navn.")
    controller_contact = models.CharField(
        "kontakt til den dataansvarlige", max_length=250, blank=True, help_text="Adresse, telefon og mail."
    )
    dpo = models.CharField(
        "databeskyttelsesrådgiver", max_length=200, blank=True, help_text="Funktionen, ikke en persons navn."
    )
    dpo_contact = models.CharField(
        "kontakt til databeskyttelsesrådgiveren", max_length=250, blank=True, help_text="Mail eller adresse."
    )
    basis = models.TextField(
        "behandlingsgrundlag",
        blank=True,
        help_text="Den artikel og den lov, oplysningerne behandles efter, og til hvilket formål.",
    )
    basis_en = models.TextField("behandlingsgrundlag, engelsk", blank=True)
    recipients = models.TextField(
        "modtagere",
        blank=True,
        help_text="Databehandlere og andre, der får oplysningerne. Er der ingen, så skriv det.",
    )
    recipients_en = models.TextField("modtagere, engelsk", blank=True)
    authority = models.CharField(
        "tilsynsmyndighed", max_length=250, blank=True, help_text="Hvor man kan klage: navn og kontakt."
    )
    recorded_at = models.DateTimeField("gælder fra", db_default=Now())
    recorded_by = models.UUIDField("skrevet ind af", null=True, editable=False)  # a pseudonym

    objects = PrivacyNoticeQuerySet.as_manager()
    is_append_only = True

    personal_data = NOT_PERSONAL

    class Meta:
        verbose_name = "udgave af oplysningerne"
        verbose_name_plural = "oplysninger til dem, der skriver (artikel 13)"
        ordering = ["-pk"]
        default_permissions = ("add", "view")

    def __str__(self):
        return f"udgave {self.pk}"

    @property
    def in_words(self) -> str:
        """Which version, for whoever it was told."""
        day = date_format(localtime(self.recorded_at), "DATE_FORMAT")
        return gettext("udgave %(number)s, der gælder fra %(day)s") % {"number": self.pk, "day": day}

    @property
    def missing(self) -> list[str]:
        """The names of what has still to be written."""
        texts = [
            field for field in self._meta.fields if isinstance(field, models.CharField | models.TextField)
        ]
        return [str(field.verbose_name) for field in texts if not getattr(self, field.name)]

    @property
    def local_basis(self) -> str:
        return self._local("basis")

    @property
    def local_recipients(self) -> str:
        return self._local("recipients")

    def _local(self, name: str) -> str:
        """In the reader's language; Danish where there is no English."""
        return (getattr(self, f"{name}_en") if get_language() == "en" else "") or getattr(self, name)
