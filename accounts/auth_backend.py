from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings

from accounts.models import User


class LoginBackend(AuthenticationBackend):
    """A password opens an account where LOCAL_LOGIN says so."""

    def authenticate(self, request, **credentials):
        if settings.LOCAL_LOGIN == "off":
            return None
        return super().authenticate(request, **credentials)

    def get_user(self, user_id):
        """With the logins that stand (accounts/sessions.py), in the same query."""
        return User.objects.with_logins().filter(pk=user_id, is_active=True).first()
