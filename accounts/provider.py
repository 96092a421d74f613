"""The municipality's own identity provider, by OpenID Connect; allauth finds it by the name of this file.

allauth sends the browser there and fetches the token. What a token must be to be believed is said here, and
nothing that it holds is kept: who may come in as whom is decided by accounts/single_sign_on.py.
"""

import jwt
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialToken
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.utils import build_absolute_uri
from django.conf import settings
from django.urls import reverse
from django.utils.crypto import get_random_string

from accounts.rate_limits import LOGOUT_TOKEN

NAME = "kommunen"
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
CLOCKS_DIFFER_BY = 60  # seconds
NEEDED = ["iss", "aud", "exp", "iat"]
BACKCHANNEL = "http://schemas.openid.net/event/backchannel-logout"
ENDPOINTS = {"issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"}


class ProviderAdapter(OpenIDConnectOAuth2Adapter):
    @property
    def openid_config(self) -> dict:
        """What the provider says of itself; another issuer than the configured one is another provider."""
        config = super().openid_config
        if not isinstance(config, dict) or not config.keys() >= ENDPOINTS:
            raise OAuth2Error("this is no provider of OpenID Connect")
        if config["issuer"] != settings.OIDC_SERVER_URL:
            raise OAuth2Error("the issuer is not the one that is configured")
        return config

    def get_callback_url(self, request, app) -> str:
        return build_absolute_uri(request, reverse("account_sso_callback"))

    def parse_token(self, data: dict) -> SocialToken:
        """Nothing is fetched with it, so it is kept nowhere."""
        return SocialToken()

    def complete_login(self, request, app, token, **kwargs):
        """The nonce is compared when allauth has put the state back (accounts/adapter.py)."""
        claims = self.verified(kwargs["response"].get("id_token", ""), needed=["sub", "nonce"])
        login = self.get_provider().sociallogin_from_response(request, claims)
        login.claims, login.id_token = claims, kwargs["response"]["id_token"]
        return login

    def verified(self, token: str, *, needed: list[str]) -> dict:
        """The claims of a token that the provider has signed, for us, and that is not too old."""
        try:
            key_id = jwt.get_unverified_header(token).get("kid")
            key = next(one for one in self._keys() if key_id in {None, one.key_id})
            return jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                audience=settings.OIDC_CLIENT_ID,
                issuer=settings.OIDC_SERVER_URL,
                leeway=CLOCKS_DIFFER_BY,
                options={"require": [*NEEDED, *needed]},
            )
        except (jwt.PyJWTError, StopIteration, TypeError) as error:
            raise OAuth2Error("the token is not good") from error

    def verified_logout(self, token: str) -> dict:
        """The claims of a logout token: of this event, of somebody, not of a login, and once."""
        claims = self.verified(token, needed=["jti", "events"])
        is_logout = isinstance(claims["events"], dict) and BACKCHANNEL in claims["events"]
        names_whom = claims.get("sid") or (claims.get("sub") and settings.OIDC_UID_CLAIM == "sub")
        if not is_logout or not names_whom or "nonce" in claims:
            raise OAuth2Error("this is no logout token")
        if not LOGOUT_TOKEN.is_first(settings.OIDC_SERVER_URL, str(claims["jti"])):
            raise OAuth2Error("the token has been used")
        return claims

    def _keys(self) -> list[jwt.PyJWK]:
        with get_adapter().get_requests_session() as session:
            response = session.get(self.openid_config["jwks_uri"])
            response.raise_for_status()
        return jwt.PyJWKSet.from_dict(response.json()).keys


class Provider(OpenIDConnectProvider):
    oauth2_adapter_class = ProviderAdapter
    pkce_enabled_default = True

    def get_callback_url(self) -> str:
        return reverse("account_sso_callback")

    def get_redirect_from_request_kwargs(self, request) -> dict:
        """A login and nothing else, whatever a link asks for. What is not for the provider is the state's.

        Who shall show anew who they are, is asked for it by the provider.
        """
        nonce, again = get_random_string(32), bool(request.POST.get("again"))
        found = {"nonce": nonce, "again": again, "next_url": get_next_redirect_url(request)}
        asked = {"nonce": nonce, **({"prompt": "login", "max_age": "0"} if again else {})}
        return {**found, "process": AuthProcess.LOGIN, "scope": self.get_scope(), "auth_params": asked}

    def extract_uid(self, data: dict) -> str:
        claim = str(data.get(settings.OIDC_UID_CLAIM) or "")
        uid = f"{settings.OIDC_SERVER_URL} {claim}"
        if not claim or len(uid) > 191:
            raise OAuth2Error("the claim that tells people apart is missing or too long")
        return uid

    def extract_extra_data(self, data: dict) -> dict:
        return {}

    def extract_common_fields(self, data: dict) -> dict:
        return {}

    def extract_email_addresses(self, data: dict) -> list:
        return []


provider_classes = [Provider]
