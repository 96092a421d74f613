"""The second factor of an emergency login: a code from an app, a passkey, or one of ten codes on paper."""

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, generate_totp_secret
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from cryptography.fernet import InvalidToken
from django.utils.translation import gettext_lazy as _

from accounts.forms import WithoutPlaceholders
from accounts.rate_limits import SECOND_FACTOR, USED_CODE
from privacy.events import record
from privacy.models import What


class CodeForm(WithoutPlaceholders, forms.AuthenticateForm):
    def clean_code(self) -> str:
        """Five tries in fifteen minutes, and none of the right codes twice, on whatever server."""
        who = str(self.user.pk)
        if SECOND_FACTOR.is_used_up(who):
            raise get_account_adapter().validation_error("too_many_login_attempts")
        try:
            code = super().clean_code()
        except InvalidToken:  # SECRET_KEY is another than when the seed was encrypted
            raise get_adapter().validation_error("incorrect_code") from None
        finally:
            if not hasattr(self, "authenticator"):
                SECOND_FACTOR.use(who)
                record(What.LOGIN_FAILED, about=self.user, detail="anden faktor")
        if not USED_CODE.is_first(who, code.strip()):
            raise get_adapter().validation_error("incorrect_code")
        return code


class PasskeyForm(AddWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "off"  # not one's own name
        self.fields["name"].label = _("Hvad skal den hedde?")
        self.fields["name"].help_text = _("For eksempel «Telefonen» eller «Nøglen i skuffen».")


class ActivateForm(ActivateTOTPForm):
    """The seed waits in the session until the first code has been typed; encrypted, as in the database."""

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super(ActivateTOTPForm, self).__init__(*args, **kwargs)
        session = context.request.session
        kept = session.get(SECRET_SESSION_KEY)
        self.secret = get_adapter().decrypt(kept) if self.is_bound and kept else generate_totp_secret()
        session[SECRET_SESSION_KEY] = get_adapter().encrypt(self.secret)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
