"""The emergency login: an administrator with a password and a second factor, for an hour, and all are told.

It is for the day on which the municipality's login does not work. No page leads to it.
"""

import functools

from allauth.account.adapter import get_adapter
from allauth.account.views import LoginView
from django.conf import settings
from django.http import Http404
from django.utils import timezone

from accounts.forms import LoginForm
from accounts.invitations import send
from accounts.models import User
from privacy.events import record
from privacy.models import What


class EmergencyForm(LoginForm):
    """Who has no second factor hears the same as who has the wrong password."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""  # no mail opens this door

    def clean(self) -> dict:
        cleaned = super().clean()
        able = User.objects.administrators().with_second_factor()
        if self.user and not able.filter(pk=self.user.pk).exists():
            raise get_adapter().validation_error("email_password_mismatch")
        return cleaned


class EmergencyView(LoginView):
    template_name = "account/emergency.html"

    def get_form_class(self):
        return EmergencyForm


def emergency_only(view):
    """For pages that are there only where a password is for emergencies."""

    @functools.wraps(view)
    def guarded(request, *args, **kwargs):
        if settings.LOCAL_LOGIN != "break-glass":
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


login = emergency_only(EmergencyView.as_view())


def tell(user: User):
    """Everybody who can do the same, the one who did it among them."""
    record(What.EMERGENCY, who=user, detail="nødlogin")
    for other in User.objects.administrators():
        send(
            "account/email/emergency", other.email, {"who": user.get_full_name(), "at": timezone.localtime()}
        )
