import uuid
from typing import Self

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.functions import RandomUUID
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import ProtectedError
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import ADMINISTRATOR
from privacy.marks import PersonalData, Purpose, Whose
from privacy.models import AT_ONCE, Kept, PrivacyNotice
from privacy.restrictions import restricted

LAST_ADMINISTRATOR = (
    "Der skal altid være mindst én administrator, der kan logge ind. Giv først rollen til en anden."
)
GONE = "slettet.invalid"  # the domain of whom only a trace is left


class UserQuerySet(models.QuerySet):
    def begun(self) -> Self:
        """Whose invitation was used: the account is somebody's, and nobody else's to correct."""
        return self.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX, last_login=None)

    def with_logins(self) -> Self:
        """Each with the keys of the logins that stand, as `logins`."""
        standing = LoginSession.objects.standing().filter(user=models.OuterRef("pk"))
        return self.annotate(logins=ArraySubquery(standing.values("key")))

    def with_second_factor(self) -> Self:
        factors = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)
        return self.filter(models.Exists(factors.filter(user=models.OuterRef("pk"))))

    def update(self, **fields):
        """Whoever is closed in a heap is closed as one by one: since when is kept, and logins end."""
        if "is_active" not in fields:
            return super().update(**fields)
        with transaction.atomic():
            found = list(self.values_list("pk", flat=True))
            changed = super().update(**fields)
            for user in self.model.objects.filter(pk__in=found):
                user.save(update_fields=["is_active"])
        return changed

    update.alters_data = True

    def administrators(self) -> Self:
        """Who can give roles today."""
        role = self.model.groups.through.objects.filter(user=models.OuterRef("pk"), group__name=ADMINISTRATOR)
        able = models.Q(models.Exists(role)) | models.Q(is_superuser=True)
        return self.begun().filter(able, is_active=True)

    def hold_administrators(self):
        """Until the transaction ends, in one order: two who close each other at once must not both go."""
        if connection.in_atomic_block:
            list(self.administrators().order_by("pk").select_for_update())

    def would_leave_no_administrator(self) -> bool:
        """Whether these are all the administrators there are."""
        self.model.objects.hold_administrators()
        able = self.model.objects.administrators()
        return able.filter(pk__in=self).exists() and not able.exclude(pk__in=self).exists()

    def without_traces(self) -> Self:
        return self.exclude(email__endswith=f"@{GONE}")

    def delete(self):
        """One by one: what somebody did stays (User.delete)."""
        with transaction.atomic():
            if self.would_leave_no_administrator():
                raise ValidationError(LAST_ADMINISTRATOR)
            deleted = [user.delete() for user in self]
        return sum(number for number, _kinds in deleted), {"accounts.User": len(deleted)}

    delete.alters_data = True
    delete.queryset_only = True


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, email, password=None, **fields):
        """Without a password the account is an invitation, until its own person has chosen one."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """Staff with an account, known by their e-mail. Readers and invited participants have none."""

    username = None
    first_name = None
    last_name = None
    name = models.CharField("navn", max_length=120)
    email = models.EmailField("e-mail", unique=True)
    new_email = models.EmailField(blank=True, editable=False)  # asked for, until its link has been used

    department = models.CharField("afdeling", max_length=120, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)  # since when, while it is closed
    # Who somebody is in the event log, where nothing is ever changed: it goes with the account.
    erased_by = "pseudonym"  # privacy/erasures.py
    pseudonym = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)

    notice = models.ForeignKey(  # what was told when they came (GDPR article 13)
        PrivacyNotice, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    personal_data = PersonalData(
        Whose.STAFF,
        Purpose.ACCESS,
        Kept.CLOSED_ACCOUNTS,
        person="pk",
        called=_("Din konto"),
        identity=("name", "email", "new_email", "department"),
        traces=("notice",),
        ways_in=("password",),
    )

    class Meta:
        verbose_name = "bruger"
        verbose_name_plural = "brugere"
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_account_per_email",
                violation_error_message="Der findes allerede en bruger med den e-mail.",
            )
        ]

    def __str__(self):
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]

    @property
    def has_begun(self) -> bool:
        return self.has_usable_password() or self.last_login is not None

    @property
    def comes_by_single_sign_on(self) -> bool:
        return self.socialaccount_set.exists()

    @property
    def has_second_factor(self) -> bool:
        return User.objects.with_second_factor().filter(pk=self.pk).exists()

    @property
    def is_restricted(self) -> bool:
        """Whether what is theirs is kept for them, and not deleted (privacy/restrictions.py)."""
        return User.objects.filter(restricted(User), pk=self.pk).exists()

    @property
    def is_last_administrator(self) -> bool:
        return User.objects.filter(pk=self.pk).would_leave_no_administrator()

    def save(self, *args, update_fields=None, **kwargs):
        if update_fields is None or "is_active" in update_fields:
            self.closed_at = None if self.is_active else self.closed_at or timezone.now()
            update_fields = update_fields and {*update_fields, "closed_at"}
        super().save(*args, update_fields=update_fields, **kwargs)
        if not self.is_active:
            self.login_sessions.all().delete()

    def change_email(self, email: str):
        """No link that was sent to another address opens the account any more."""
        self.email, self.new_email = email.strip().lower(), ""
        self.save(update_fields=["email", "new_email"])
        self.emailaddress_set.all().delete()

    def withdraw_invitation(self):
        """What was sent until now opens nothing: a reset token holds what is changed here."""
        self.set_unusable_password()
        self.save(update_fields=["password"])

    def delete(self, *args, **kwargs):
        """What the account did in the admin stays, under a name that tells nobody who it was."""
        with transaction.atomic():
            if self.is_last_administrator:
                raise ValidationError(LAST_ADMINISTRATOR)
            if self.logentry_set.exists():
                trace = User.objects.create_user(
                    f"konto-{self.pk}@{GONE}", name=f"Slettet konto {self.pk}", is_active=False
                )
                self.logentry_set.update(user=trace)
            return super().delete(*args, **kwargs)

    def erase(self):
        """Again, after a backup was put back. Where it owns something again it is closed."""
        try:
            with transaction.atomic():
                self.delete()
        except (ProtectedError, ValidationError):
            self.is_active = False
            self.save(update_fields=["is_active"])


class LoginSessionQuerySet(models.QuerySet):
    def standing(self) -> Self:
        return self.filter(ends_at__gt=timezone.now())

    def past(self) -> Self:
        return self.filter(ends_at__lte=timezone.now())

    def of_provider(self, *, sid: str | None, sub: str | None) -> Self:
        """Those that the provider means: one by its `sid`, else all of a person's."""
        by_provider = self.filter(kind=LoginSession.Kind.SINGLE_SIGN_ON)
        if sid:
            return by_provider.filter(provider_sid=sid)
        uid = f"{settings.OIDC_SERVER_URL} {sub}"
        return by_provider.filter(user__socialaccount__uid=uid)


class LoginSession(models.Model):
    """A login in a browser, from its beginning to its end. Where the row is gone, nobody is logged in.

    It has no network address and nothing that tells which browser it is.
    """

    class Kind(models.TextChoices):
        PASSWORD = "password", _("med adgangskode")
        SINGLE_SIGN_ON = "single_sign_on", _("med kommunens login")
        EMERGENCY = "emergency", _("med nødlogin")

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="login_sessions")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    provider_sid = models.CharField(max_length=255, blank=True, db_index=True)  # what the provider calls it
    began_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(db_index=True)

    objects = LoginSessionQuerySet.as_manager()

    personal_data = PersonalData(
        Whose.STAFF,
        Purpose.ACCESS,
        Kept.LOGINS,
        person="user",
        called=_("Steder, du er logget ind"),
        identity=("user",),
        traces=("provider_sid",),
    )

    class Meta:
        ordering = ["-began_at"]
        default_permissions = ()

    def __str__(self):
        return f"{self.get_kind_display()} {self.began_at}"


class WrongTriesQuerySet(models.QuerySet):
    def add(self, key: str, *, until) -> int:
        """One more; returns how many there are. Each new row lets go of those whose time is over."""
        _tries, is_new = self.get_or_create(key=key, defaults={"until": until})
        if is_new:
            self.past().delete()
        self.filter(key=key).update(number=models.F("number") + 1)
        return self.get(key=key).number

    def past(self) -> Self:
        return self.filter(until__lt=timezone.now())


class WrongTries(models.Model):
    """How often something wrong was tried (accounts/rate_limits.py); who tried it nobody can tell."""

    key = models.CharField(max_length=64, primary_key=True)
    number = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(db_index=True)

    objects = WrongTriesQuerySet.as_manager()

    personal_data = PersonalData(Whose.NOBODY, Purpose.ACCESS, Kept.WRONG_TRIES, nothing=("key",))

    def __str__(self):
        return f"{self.number} until {self.until}"


class SubmissionQuerySet(models.QuerySet):
    def past(self) -> Self:
        """Those that nobody sends again: of the day before yesterday and earlier."""
        return self.filter(sent_on__lt=timezone.localdate() - AT_ONCE[Kept.SUBMISSIONS])


class Submission(models.Model):
    """A form that was sent, so that it counts once (submitted_forms.py). What it said stands nowhere.

    It has a day and no time: when somebody sent an answer could name its author.
    """

    name = models.CharField(max_length=64, primary_key=True)
    fingerprint = models.CharField(max_length=64)
    address = models.TextField(blank=True)  # where it led
    session_key = models.CharField(max_length=40, blank=True)  # that a browser without an account got by it
    sent_on = models.DateField(default=timezone.localdate, db_index=True)

    objects = SubmissionQuerySet.as_manager()

    personal_data = PersonalData(
        Whose.NOBODY,
        Purpose.ACCESS,
        Kept.SUBMISSIONS,
        nothing=("name", "fingerprint", "address", "session_key"),
    )

    class Meta:
        default_permissions = ()

    def __str__(self):
        return self.name[:8]
