"""Who comes in by the municipality's login, and with what: decided anew at each login, in one transaction.

Name, e-mail, department and roles are the provider's to say. A role that it no longer says is taken away.
"""

import time

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction

from accounts.models import LoginSession, User
from accounts.roles import ADMINISTRATOR, ROLES
from accounts.security_log import note
from privacy.events import record
from privacy.models import What

AGAIN_WITHIN = 5 * 60  # seconds from the login page to us


class RefusedError(Exception):
    """Why nobody comes in; what the person is told stands in templates/account/sso_refused.html."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


def shown_at(claims: dict, *, is_again: bool) -> float:
    """When the person showed who they are: the provider may know them from this morning, and ask nothing."""
    said = claims.get("auth_time")
    if not isinstance(said, int | float):
        return time.time() if is_again else 0
    if is_again and said < time.time() - AGAIN_WITHIN:
        raise RefusedError("not_again")
    return min(said, time.time())


@transaction.atomic
def admit(account, claims: dict) -> User:
    """The person of `account` (allauth's, saved or not) as the provider describes them today."""
    said = Said(claims)
    if settings.OIDC_REQUIRED_ROLE and settings.OIDC_REQUIRED_ROLE not in said.roles:
        raise RefusedError("no_role")
    email = said.email()
    with connection.cursor() as cursor:  # two at once must neither make two accounts nor share one that waits
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"accounts.single_sign_on {email}"])
    account = SocialAccount.objects.filter(uid=account.uid).first() or account
    user = account.user if account.pk else _premade_or_new(email)
    user = User.objects.select_for_update().get(pk=user.pk) if user.pk else user
    if not user.is_active:
        raise RefusedError("closed")
    user.name, user.department = said.name or user.name or email, said.department
    if not User.objects.filter(email=email).exclude(pk=user.pk).exists():
        user.email = email
    user.save()
    _give_roles(user, said)
    if not account.pk:
        account.user = user
        account.save()
    return user


@transaction.atomic
def turn_away(user: User):
    """Whom the provider gives no way in any more keeps neither roles nor the logins it gave this morning."""
    user = User.objects.select_for_update().get(pk=user.pk)
    _give_roles(user, Said({}))
    if user.login_sessions.filter(kind=LoginSession.Kind.SINGLE_SIGN_ON).delete()[0]:
        record(What.SESSIONS_ENDED, about=user, detail="kommunens login")


def _premade_or_new(email: str) -> User:
    """An account that was made for this address and never used; an address that is in use opens nothing."""
    user = User.objects.filter(email=email).first()
    if user is None:
        new = User(email=email)
        new.set_unusable_password()
        return new
    if user.has_begun or user.comes_by_single_sign_on:
        raise RefusedError("taken")
    user.withdraw_invitation()
    return user


def _give_roles(user: User, said: "Said"):
    """What is mapped and known, and no more. Only the last administrator keeps what the portal needs."""
    before = set(user.groups.values_list("name", flat=True))
    after = {ours for ours, theirs in settings.OIDC_ROLES.items() if theirs in said.roles} & set(ROLES)
    if ADMINISTRATOR not in after and user.is_last_administrator:
        note("last administrator kept", user)
        after |= before & {ADMINISTRATOR}
    else:
        user.is_superuser = False
    user.groups.set(Group.objects.filter(name__in=after))
    user.is_staff = user.is_superuser or bool(after)
    user.save(update_fields=["is_superuser", "is_staff"])
    if said.has_too_many_groups:
        note("groups were not sent", user)
        record(What.ROLES_CHANGED, about=user, detail="grupperne blev ikke sendt")
    if before != after:
        words = [", ".join(sorted(roles)) or "ingen" for roles in [before, after]]
        record(What.ROLES_CHANGED, about=user, detail=f"{' → '.join(words)} (kommunens login)")


class Said:
    """What the claims say, whatever shape they have; what makes no sense is not said."""

    def __init__(self, claims: dict):
        self.claims = claims

    @property
    def roles(self) -> set[str]:
        """None where the provider only says where they could be fetched."""
        found = None if self.has_too_many_groups else self._claim(settings.OIDC_ROLES_CLAIM)
        listed = [found] if isinstance(found, str) else found if isinstance(found, list) else []
        return {role for role in listed if isinstance(role, str)}

    @property
    def has_too_many_groups(self) -> bool:
        """Entra sends no more than two hundred groups; then it sends none, and this."""
        elsewhere = self.claims.get("_claim_names")
        return bool(self.claims.get("hasgroups")) or (
            isinstance(elsewhere, dict) and settings.OIDC_ROLES_CLAIM in elsewhere
        )

    @property
    def name(self) -> str:
        return self._text("name") or f"{self._text('given_name')} {self._text('family_name')}".strip()

    @property
    def department(self) -> str:
        return self._text(settings.OIDC_DEPARTMENT_CLAIM)

    def email(self) -> str:
        """Of the municipality's own domains: what a provider says of others it has not checked."""
        email = (self._text("email", 254) or self._text("preferred_username", 254)).lower()
        try:
            validate_email(email)
        except ValidationError:
            raise RefusedError("no_email") from None
        if email.rpartition("@")[2] not in settings.OIDC_EMAIL_DOMAINS:
            raise RefusedError("other_domain")
        return email

    def _text(self, name: str, most: int = 120) -> str:
        found = self._claim(name)
        return found.strip()[:most] if isinstance(found, str) else ""

    def _claim(self, name: str):
        """By its name, or by the way to it: Keycloak has `realm_access.roles`."""
        if name in self.claims:
            return self.claims[name]
        found = self.claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        return found
