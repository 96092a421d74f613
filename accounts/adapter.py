from allauth.account.adapter import DefaultAccountAdapter
from django.utils.translation import gettext_lazy as _

from accounts.rate_limits import LoginTries, may_get_reset_mail


class StaffOnlyAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator; nobody signs up. Wrong passwords are counted by us."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("E-mail eller adgangskode passer ikke. Prøv igen."),
    }

    def is_open_for_signup(self, request) -> bool:
        return False

    def pre_authenticate(self, request, **credentials):
        self._tries = LoginTries(request, credentials["email"])
        if self._tries.are_over():
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request, **credentials):
        if self._tries.add():
            raise self.validation_error("too_many_login_attempts")

    def send_password_reset_mail(self, user, email, context):
        if may_get_reset_mail(user):
            super().send_password_reset_mail(user, email, context)
