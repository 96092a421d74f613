"""What became of an agreement: the form, and the link in a mail that leads to it without a login."""

from django import forms
from django.contrib.auth import get_user_model
from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publishing.fields import DayField
from reflection.forms.dates import DateOrReasonMixin, ReasonField, When, WhenField
from reflection.models import Agreement, Promise

ADDRESS = "the address of who promised"
SALT = "what became of an agreement"  # a token made for something else opens nothing here
DAYS = 60
CHANGED = _("Nogen har skrevet om aftalen imens. Se, hvad der står nu, og gem igen, hvis dit stadig passer.")


class FollowUpForm(DateOrReasonMixin, forms.ModelForm):
    """Done, postponed or goodbye; never over what somebody else has said since the page was read."""

    status = forms.ChoiceField(
        label=_("Hvad blev der af det?"),
        choices=[choice for choice in Agreement.Status.choices if choice[0] != Agreement.Status.OPEN],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Vælg gjort, udskudt eller farvel."),
            "invalid_choice": _("Vælg gjort, udskudt eller farvel."),
        },
    )
    new_date = WhenField(label=_("Udskudt til"), day="due", reason="no_date_reason", required=False)
    due = DayField(label=_("Ny dato"), required=False)
    no_date_reason = ReasonField()
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Agreement
        fields = ["status", "due", "no_date_reason", "note"]
        labels = {"note": _("Et par ord om hvorfor")}
        error_messages = {"note": {"max_length": _("Skriv højst 250 tegn.")}}

    def __init__(self, *args, chosen: str = "", **kwargs):
        """`chosen` is what a link has chosen already."""
        super().__init__(*args, **kwargs)
        self.stored = {name: getattr(self.instance, name) for name in self._meta.fields}
        self.stored_status = self.instance.get_status_display()
        self.state = self.instance.state
        self.initial["due"] = None  # the date it had is shown beside; the field asks for another
        self.initial["new_date"] = "" if self.stored["due"] else When.NONE
        if chosen in Agreement.Status.values:
            self.initial["status"] = chosen

    @property
    def is_outdated(self) -> bool:
        return bool(self.data.get("seen")) and self.data["seen"] != self.state

    def clean(self) -> dict:
        cleaned = super().clean()
        if self.is_outdated:
            raise forms.ValidationError(CHANGED)
        if cleaned.get("status") == Agreement.Status.POSTPONED:
            self._ask_for_a_later_date(cleaned)
        else:  # the date it was to be done by stays
            self.errors.pop("due", None)
            cleaned |= {name: self.stored[name] for name in ["due", "no_date_reason"]}
        return cleaned

    def _ask_for_a_later_date(self, cleaned: dict):
        due = cleaned.get("due")
        if "due" in self.errors or (not due and cleaned.get("no_date_reason")):
            return
        if not due:
            self.add_error("new_date", _("Vælg en dato, eller skriv, hvorfor der ikke er en."))
        elif due == self.stored["due"]:
            self.add_error("due", _("Vælg en ny dato."))
        elif due <= timezone.localdate():
            self.add_error("due", _("Vælg en dato, der ikke er gået."))

    @transaction.atomic
    def save(self) -> Agreement:
        agreement = super().save()
        if not agreement.is_open:
            Promise.objects.filter(agreement=agreement).delete()
        agreement.reflection.compass.followed_up(agreement)
        return agreement


def locked_if_sent(request, agreement: Agreement) -> Agreement:
    """The agreement; locked where a form is sent, so that two do not follow it up at once."""
    if request.method == "POST":
        return Agreement.objects.select_for_update().get(pk=agreement.pk)
    return agreement


def token(agreement: Agreement, user) -> str:
    """Opens this one agreement on behalf of the receiver, until somebody has said what became of it."""
    claims = {"agreement": agreement.pk, "user": user.pk, "due": str(agreement.due)}
    return signing.dumps(claims, salt=SALT, compress=True)


def promise_token(promise: Promise) -> str:
    """The same on behalf of who promised and has no account, as long as we have the address."""
    claims = {
        "agreement": promise.agreement_id,
        "promise": str(promise.key),
        "due": str(promise.agreement.due),
    }
    return signing.dumps(claims, salt=SALT, compress=True)


def address_token(promise: Promise) -> str:
    """Deletes the address of who promised, and opens nothing: the same in every mail, and it never ends."""
    return signing.Signer(salt=ADDRESS).sign(str(promise.key))


def address_of(sent: str) -> str | None:
    """The key that the token was made of, whether there is still an address or not."""
    try:
        return signing.Signer(salt=ADDRESS).unsign(sent)
    except signing.BadSignature:
        return None


def opened_by(sent: str) -> Agreement | None:
    """The agreement of a link; None when the link is wrong, too old, used, or its receiver has no say."""
    try:
        claims = signing.loads(sent, salt=SALT, max_age=DAYS * 24 * 60 * 60)
    except signing.BadSignature:
        return None
    found = _theirs(claims).filter(pk=claims["agreement"])
    agreement = found.select_related("reflection__version__guide").first()
    return agreement if agreement and str(agreement.due) == claims["due"] else None


def _theirs(claims: dict):
    """The open agreements that the receiver of a link has a say in."""
    if "promise" in claims:
        return Agreement.objects.open().filter(promise__key=claims["promise"])
    user = get_user_model().objects.filter(pk=claims["user"], is_active=True).first()
    return Agreement.objects.open().changeable_by(user) if user else Agreement.objects.none()
