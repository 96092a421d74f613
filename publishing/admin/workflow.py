"""The steps from state to state: their buttons, and what is asked for first."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

from publishing.fields import MomentField
from publishing.models import PendingVersion
from publishing.publishable import State
from publishing.translated import lacking_english

SENT_BACK = "Sendt tilbage:"


def status_of(item) -> str:
    if item.state == State.SCHEDULED:
        return f"Planlagt til {moment(item.published_at)}"
    return item.state.label


def moment(date) -> str:
    return date_format(timezone.localtime(date), r"j. F Y \k\l. H.i")


@dataclass(frozen=True)
class Step:
    """A button on an item's page; `page` is where a date or a word is asked for first."""

    name: str
    label: str
    states: frozenset[State]
    page: str = ""


def _step(name, label, *states, page=""):
    return Step(name, label, frozenset(states), page)


STEPS = [
    _step("_submit", "Gem, og send til gennemsyn", State.DRAFT),
    _step("_publish", "Gem, og offentliggør nu", State.DRAFT, State.REVIEW, State.SCHEDULED, State.ARCHIVED),
    _step("_schedule", "Gem, og planlæg", State.DRAFT, State.REVIEW, State.SCHEDULED, page="schedule"),
    _step("_return", "Gem, og send tilbage", State.REVIEW, page="return"),
    _step("_apart", "Gem uden at vise", State.PUBLISHED),
    _step("_withdraw", "Gem, og træk tilbage", State.PUBLISHED, State.SCHEDULED),
    _step("_unarchive", "Gem, og hent frem som kladde", State.ARCHIVED),
    _step("_english_right", "Gem: det engelske passer stadig", *State),
    _step("_still_right", "Set på i dag: stadig rigtig", State.PUBLISHED),
]

# Of what is written beside the public text.
PENDING_STEPS = [
    Step("_submit_pending", "Gem, og send til gennemsyn", frozenset()),
    Step("_return_pending", "Gem, og send tilbage", frozenset(), page="return"),
    Step("_appear", "Gem, og lad den tage den offentliges plads", frozenset(), page="appear"),
]


def steps_from(state: State, *, english_is_behind=False) -> list[Step]:
    return [
        step
        for step in STEPS
        if state in step.states and (english_is_behind or step.name != "_english_right")
    ]


def steps_beside(pending: PendingVersion) -> list[Step]:
    other = "_submit_pending" if pending.submitted_at else "_return_pending"
    return [step for step in PENDING_STEPS if step.name != other]


def warn_of_english(request, item):
    for words in english_warnings(type(item)._base_manager.get(pk=item.pk)):
        messages.warning(request, f"«{item}»: {words}")


def about(cleaned: dict) -> dict:
    answers = cleaned["answers"]
    return {"answers": answers, "field": answers.field if answers else cleaned["field"]}


FORM_BESIDE = {
    "title": "Ret kladden",
    "show_save_and_add_another": False,
    "show_save_and_continue": False,
    "show_delete": False,
}

TAKEN = {
    "_submit": "Nu til gennemsyn",
    "_publish": "Nu offentligt",
    "_withdraw": "Nu en kladde igen",
    "_unarchive": "Nu en kladde igen",
    "_still_right": "Set på i dag",
    "_archive_one": "Nu arkiveret",
    "_english_right": "Det engelske passer",
}


class ScheduleForm(forms.Form):
    moment = MomentField(
        label="Hvornår skal siden frem?", help_text="Siden kommer frem af sig selv på det tidspunkt."
    )

    def clean_moment(self):
        if self.cleaned_data["moment"] <= timezone.now():
            raise ValidationError("Vælg et tidspunkt, der ikke er gået.")
        return self.cleaned_data["moment"]


class AppearForm(forms.Form):
    moment = MomentField(
        label="Hvornår?",
        required=False,
        help_text="Lad feltet stå tomt, så sker det nu. Ellers sker det af sig selv på det tidspunkt.",
    )

    def clean_moment(self):
        moment = self.cleaned_data["moment"]
        if moment and moment <= timezone.now():
            raise ValidationError("Vælg et tidspunkt, der ikke er gået.")
        return moment


class ReturnForm(forms.Form):
    comment = forms.CharField(
        label="Hvad skal der ske med teksten?",
        help_text="Din besked står øverst, når kladden åbnes, og i historikken.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
    )


def english_warnings(item) -> list[str]:
    """What an English reader would miss, in sentences."""
    labels = {field.name: str(field.verbose_name) for field in item._meta.fields}
    found = [
        ("Mangler på engelsk", lacking_english(item)),
        ("Ældre på engelsk end på dansk", item.english_behind or []),
    ]
    return [f"{words}: {', '.join(labels[name] for name in names)}." for words, names in found if names]
