"""What colleagues say of a text: who is asked to read it, what is to be mended, and who is told by mail."""

import logging
from smtplib import SMTPException
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.mail import send_mail
from django.db import models
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst

from publishing.admin.custom_views import ACT, Feature, item_view
from publishing.admin.edit_conflicts import newest_entry
from publishing.admin.references import change_url
from publishing.admin.snapshots import fields_of
from publishing.danish_order import danish_order
from publishing.models import PendingVersion, Remark
from publishing.publishable import State

logger = logging.getLogger(__name__)

READ_THIS = "Læs teksten, og sig til."
SUBMITTED = "Sendt til gennemsyn."
# Each with its subject, …_subject.txt, and its words, …_message.txt.
TO_READ, SENT_BACK = "publishing/mail/read", "publishing/mail/sent_back"
ANSWERED = "publishing/mail/answered"


def colleagues(user, model: type[models.Model]) -> models.QuerySet:
    """Who may change such a text, but oneself."""
    may = models.Q(is_superuser=True) | models.Q(
        groups__permissions__codename=f"change_{model._meta.model_name}"
    )
    people = get_user_model().objects.filter(may, is_active=True, is_staff=True)
    return people.exclude(pk=user.pk).distinct().order_by(danish_order("name"))


class ReviewerForm(forms.Form):
    """In the form of the text, beside the button that sends it on."""

    reviewer: Any = forms.ModelChoiceField(
        None, label="Hvem skal læse den?", required=False, empty_label="Hvem som helst i redaktionen"
    )

    def __init__(self, *args, user, model, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reviewer"].queryset = colleagues(user, model)


def labels_of(model: type[models.Model]) -> dict[str, str]:
    return {field.name: capfirst(str(field.verbose_name)) for field in fields_of(model) if field.editable}


class RemarkForm(forms.ModelForm):
    """A remark of the whole text or of one of its fields, or an answer to one."""

    field = forms.ChoiceField(label="Om", required=False)

    class Meta:
        model = Remark
        fields = ["field", "text", "answers"]
        labels = {"text": "Bemærkning"}
        widgets = {"text": forms.Textarea(attrs={"rows": 3}), "answers": forms.HiddenInput}

    def __init__(self, *args, item, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["field"].choices = [("", "Hele teksten"), *labels_of(type(item)).items()]
        self.fields["answers"].queryset = Remark.objects.of(item).open().filter(answers=None)
        self.fields["answers"].required = False


def say(item, text: str, *, by, to=None, **more) -> Remark:
    return Remark.objects.create(item=item, text=text, by=by, to=to, **more)


def ask_to_read(request, item, url: str):
    """Whoever was chosen is asked, by a mail too; what was asked before is over."""
    close(Remark.objects.of(item).filter(to__isnull=False, field="", text=READ_THIS))
    form = ReviewerForm(request.POST, user=request.user, model=type(item))
    reviewer = form.cleaned_data["reviewer"] if form.is_valid() else None
    say(item, READ_THIS, by=request.user, to=reviewer)
    if reviewer:
        tell(request, reviewer, item, url, TO_READ)


def send_back(request, item, url: str, text: str):
    """To who sent it, or has written in it last."""
    asked = Remark.objects.of(item).filter(text=READ_THIS).select_related("by").last()
    newest = newest_entry(item, but=request.user)
    author = asked.by if asked and asked.by else newest and newest.user
    close(Remark.objects.of(item).filter(text=READ_THIS))
    say(item, text, by=request.user, to=author)
    tell(request, author, item, url, SENT_BACK)


def close(remarks: models.QuerySet):
    remarks.open().update(closed_at=timezone.now())


def tell(request, person, item, url: str, mail: str):
    """A mail says who, which text and where; never a word of what is in it."""
    if not (person and person.email and person.is_active and person != request.user):
        return
    context = {"who": request.user, "title": str(item), "kind": item.verbose_kind}
    context["url"] = request.build_absolute_uri(url)
    subject, words = (render_to_string(f"{mail}_{part}.txt", context) for part in ["subject", "message"])
    try:
        send_mail(subject.strip(), words, None, [person.email])
    except (OSError, SMTPException):
        logger.exception("a mail to a colleague was not sent")
        messages.warning(request, f"Mailen til {person} kunne ikke sendes. Sig det på en anden måde.")


# --- In the form -------------------------------------------------------------------------------------


def remarks_of(item) -> list[Remark]:
    """Each with what was answered; those that are open first."""
    found = Remark.objects.of(item).filter(answers=None).select_related("by", "to")
    remarks = sorted(found.prefetch_related("replies__by"), key=lambda remark: remark.closed_at is not None)
    labels = labels_of(type(item))
    for remark in remarks:
        remark.about = labels.get(remark.field, "Hele teksten")
    return remarks


def show_beside_fields(form: forms.ModelForm, remarks: list[Remark]):
    """What is open stands below its field too, with the field's help."""
    for remark in remarks:
        if remark.field in form.fields and not remark.closed_at:
            field = form.fields[remark.field]
            field.help_text = format_html(
                '{}<span class="kompas-remark">{}: {} <a href="#remark-{}">Svar, eller luk</a></span>',
                field.help_text, remark.by or "–", remark.text, remark.pk,
            )  # fmt: skip


def page_of(item) -> str:
    """The form of what is written beside it, where there is something."""
    return change_url(item, "pending" if PendingVersion.objects.of(item).exists() else "change")


def asked_of(user) -> list[Remark]:
    """What waits for somebody: a text to be read while it is in review, else to be mended."""

    def is_in_review(item) -> bool:
        submitted = PendingVersion.objects.of(item).filter(submitted_at__isnull=False)
        return item.state == State.REVIEW or submitted.exists()

    waiting = Remark.objects.open().filter(to=user).prefetch_related("item")
    return [one for one in waiting if one.item and (one.text == READ_THIS) == is_in_review(one.item)]


# --- The answer to what is said --------------------------------------------------------------------------


@item_view("bemaerkning/", "remark", methods=ACT)
def remark_view(model_admin, request, item):
    """Say something of the text, answer what a colleague says, or close it."""
    page, form = page_of(item), RemarkForm(request.POST, item=item)
    is_right, asked = form.is_valid(), form.cleaned_data.get("answers")
    if asked and "close" in request.POST:
        close(Remark.objects.filter(pk=asked.pk))
    elif is_right:
        say(item, **form.cleaned_data | ({"field": asked.field} if asked else {}), by=request.user)
        if asked:
            tell(request, asked.by, item, page, ANSWERED)
    else:
        messages.error(request, "Skriv, hvad du vil sige. Højst 2.000 tegn.")
    return redirect(f"{page}#remarks")


def remarks_context(model_admin, request, context, item) -> dict:
    if not item:
        return {}
    remarks = remarks_of(item)
    show_beside_fields(context["adminform"].form, remarks)
    return {"remarks": remarks, "remark_form": RemarkForm(item=item, auto_id="remark_%s")}


REMARKS = Feature([remark_view], in_form=remarks_context)
