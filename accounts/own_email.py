"""Changing one's own address: one's password, a mail to the old address, and a link in the new one."""

from django import forms
from django.contrib import messages
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.guards import staff_required
from accounts.invitations import send
from accounts.models import User
from accounts.rate_limits import CHANGE_PASSWORD
from privacy.events import record
from privacy.models import What
from publishing.shortcuts import form_methods

TOO_MANY = "too_many"


class NewAddressTokens(PasswordResetTokenGenerator):
    """A link is for one account and one address, and is over as soon as either has changed."""

    key_salt = "accounts.own_email"

    def _make_hash_value(self, user, timestamp):
        return f"{user.pk}|{user.password}|{user.email}|{user.new_email}|{timestamp}"


tokens = NewAddressTokens()


def checked_password(user, password: str):
    """Who sits down at somebody's open desk does not find it out."""
    who = str(user.pk)
    if CHANGE_PASSWORD.is_used_up(who):
        told = _("Du har prøvet for mange gange i dag. Prøv igen i morgen.")
        raise forms.ValidationError(told, code=TOO_MANY)
    if not user.check_password(password):
        CHANGE_PASSWORD.use(who)
        raise forms.ValidationError(_("Adgangskoden passer ikke. Prøv igen."))


class NewAddressForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Ny e-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": gettext_lazy("Skriv den nye e-mail."),
            "invalid": gettext_lazy("Skriv e-mailen som navn@eksempel.dk."),
        },
    )
    password = forms.CharField(
        label=gettext_lazy("Din adgangskode"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": gettext_lazy("Skriv din adgangskode.")},
    )

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("Der er allerede en konto med den e-mail."))
        return email

    def clean_password(self):
        checked_password(self.request.user, self.cleaned_data["password"])

    def save(self) -> bool:
        """Whether the link could be sent."""
        user = self.request.user
        user.new_email = self.cleaned_data["email"]
        user.save(update_fields=["new_email"])
        send("account/email/address_asked", user.email, {"new_email": user.new_email})
        link = reverse("account_confirm_new_email", args=[tokens.make_token(user)])
        return send(
            "account/email/address_new", user.new_email, {"url": self.request.build_absolute_uri(link)}
        )


@form_methods
@staff_required
def change(request):
    form = NewAddressForm(request.POST if request.method == "POST" else None, request=request)
    if form.is_valid():
        if form.save():
            messages.success(
                request, _("Vi har sendt et link til den nye adresse. Den gælder, når du har brugt linket.")
            )
        else:
            messages.error(request, _("Mailen kunne ikke sendes. Prøv igen om lidt."))
        return redirect("account_email")
    return render(request, "account/email_change.html", {"form": form}, status=_status(form))


def _status(form) -> int:
    if not form.errors:
        return 200
    return 429 if form.has_error("password", TOO_MANY) else 422


@form_methods
@staff_required
def confirm(request, token):
    """The link in the mail shows a button; only the button changes the address."""
    user = request.user
    is_good = bool(user.new_email) and tokens.check_token(user, token)
    is_free = is_good and not User.objects.filter(email__iexact=user.new_email).exists()
    if is_free and request.method == "POST":
        user.change_email(user.new_email)
        record(What.ACCOUNT_CHANGED, who=user, about=user, detail="e-mail")
        messages.success(request, _("Din e-mail er skiftet. Brug den nye, når du logger ind."))
        return redirect("account_email")
    return render(request, "account/email_confirm.html", {"is_good": is_free}, status=200 if is_free else 410)
