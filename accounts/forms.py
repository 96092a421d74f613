"""allauth's forms as the portal shows them: the label says what a field is for, once."""

from allauth.account import forms
from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError

from accounts.rate_limits import CHANGE_PASSWORD


class WithoutPlaceholders:
    """Mixin: allauth repeats each label inside its field, in other words."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class LoginForm(WithoutPlaceholders, forms.LoginForm):
    pass


class ChangePasswordForm(WithoutPlaceholders, forms.ChangePasswordForm):
    def clean_oldpassword(self) -> str:
        """Whoever sits down at somebody's open desk does not find out the password."""
        who = str(self.user.pk)
        if CHANGE_PASSWORD.is_used_up(who):
            raise get_adapter().validation_error("too_many_login_attempts")
        try:
            return super().clean_oldpassword()
        except ValidationError:
            CHANGE_PASSWORD.use(who)
            raise


class ResetPasswordForm(WithoutPlaceholders, forms.ResetPasswordForm):
    def clean_email(self) -> str:
        """allauth also knows addresses that an account once had; a link goes to the one it has."""
        email = super().clean_email()
        self.users = [user for user in self.users if user.email.lower() == email.lower()]
        return email


class ResetPasswordKeyForm(WithoutPlaceholders, forms.ResetPasswordKeyForm):
    pass


class UserTokenForm(forms.UserTokenForm):
    def _get_user(self, uidb36):
        """A link that was sent before the account was closed opens nothing."""
        user = super()._get_user(uidb36)
        return user if user and user.is_active else None
