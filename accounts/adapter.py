from base64 import urlsafe_b64encode

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from accounts import single_sign_on
from accounts.provider import NAME
from accounts.rate_limits import EmergencyTries, LoginTries, may_get_reset_mail
from accounts.security_log import note
from accounts.sessions import FRESH_FOR, is_fresh
from privacy.events import record
from privacy.models import What
from publishing.portal import current_portal
from publishing.shortcuts import is_address_of_ours


class StaffOnlyAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator; nobody signs up. Wrong passwords are counted by us."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("E-mail eller adgangskode passer ikke. Prøv igen."),
    }

    def is_open_for_signup(self, request) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        return is_address_of_ours(url)

    def pre_authenticate(self, request, **credentials):
        tries = LoginTries if settings.LOCAL_LOGIN == "on" else EmergencyTries
        self._tries = tries(request, credentials["email"])
        if self._tries.are_over():
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request, **credentials):
        if self._tries.add():
            raise self.validation_error("too_many_login_attempts")

    def get_login_stages(self) -> list[str]:
        """Who comes by the municipality's login has shown a second factor there, or not, as it decides."""
        stages = super().get_login_stages()
        by_provider = hasattr(self.request, "provider_sid")
        return [stage for stage in stages if not (by_provider and stage.startswith("allauth.mfa."))]

    def send_password_reset_mail(self, user, email, context):
        if may_get_reset_mail(user):
            super().send_password_reset_mail(user, email, context)

    def is_reauthentication_required(self, *, app: str) -> bool:
        return not is_fresh(self.request, FRESH_FOR)

    def get_reauthentication_methods(self, user) -> list[dict]:
        return [{"id": "fresh", "description": "", "url": reverse("account_fresh")}]


STATUSES = {"failed": 400, "cancelled": 400, "unreachable": 502}


def refused(request, reason: str):
    """Why the municipality's login let nobody in, and what to do about it."""
    context = {"reason": reason, "required_role": settings.OIDC_REQUIRED_ROLE}
    return render(request, "account/sso_refused.html", context, status=STATUSES.get(reason, 403))


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """allauth's steps, our decisions: the provider is the one in the settings."""

    def list_apps(self, request, provider=None, client_id=None) -> list[SocialApp]:
        return [
            SocialApp(
                provider="openid_connect",
                provider_id=NAME,
                client_id=settings.OIDC_CLIENT_ID,
                secret=settings.OIDC_CLIENT_SECRET,
                settings={"server_url": settings.OIDC_SERVER_URL},
            )
        ]

    def on_authentication_error(self, request, provider, error=None, exception=None, extra_context=None):
        reason = "cancelled" if error == AuthError.CANCELLED else "failed"
        note("login refused", reason=reason, error=type(exception).__name__)
        record(What.LOGIN_FAILED, detail=f"kommunens login: {reason}")
        raise ImmediateHttpResponse(refused(request, reason))

    def pre_social_login(self, request, sociallogin):
        """The one place where somebody is let in; allauth then begins the session."""
        claims, state = sociallogin.claims, sociallogin.state
        if not constant_time_compare(state["nonce"], str(claims["nonce"])):
            raise OAuth2Error("the nonce is another")
        try:
            request.shown_at = single_sign_on.shown_at(claims, is_again=state["again"])
            sociallogin.user = single_sign_on.admit(sociallogin.account, claims)
        except single_sign_on.RefusedError as error:
            note("login refused", reason=error.reason)
            known = sociallogin.user if sociallogin.is_existing else None
            record(What.LOGIN_FAILED, about=known, detail=f"kommunens login: {error.reason}")
            if known and error.reason == "no_role":
                single_sign_on.turn_away(known)
            raise ImmediateHttpResponse(refused(request, error.reason)) from None
        request.provider_sid = str(claims.get("sid") or "")[:255]
        request.id_token = sociallogin.id_token


class SecondFactorAdapter(DefaultMFAAdapter):
    """Seeds lie encrypted in the database, under a key that comes from SECRET_KEY."""

    def encrypt(self, text: str) -> str:
        return self._box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return self._box().decrypt(encrypted_text.encode()).decode()

    def _box(self) -> MultiFernet:
        secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        keys = [salted_hmac("accounts.second_factor", "", secret=one, algorithm="sha256") for one in secrets]
        return MultiFernet([Fernet(urlsafe_b64encode(key.digest())) for key in keys])

    def get_totp_issuer(self) -> str:
        return current_portal().name

    def generate_authenticator_name(self, user, type) -> str:  # noqa: A002 – allauth's name
        return _("Adgangsnøgle")

    def build_totp_svg(self, url: str) -> str:
        svg = segno.make(url, error="m").svg_inline(scale=5, border=2, svgclass="kompas-qr", lineclass=None)
        return mark_safe(svg.replace("<svg ", '<svg aria-hidden="true" ', 1))  # noqa: S308 – made by segno
