"""The steps from state to state: buttons on a text, actions on a list, and what is asked for first."""

from collections.abc import Callable
from typing import NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.utils import timezone

from privacy.models import What
from publishing.admin.bulk import asks_first
from publishing.admin.custom_views import Feature, item_view
from publishing.admin.help import mark_english_behind
from publishing.admin.remarks import SUBMITTED, ReviewerForm, ask_to_read, close, send_back
from publishing.admin.snapshots import in_words
from publishing.admin.unpublishing import archive_view
from publishing.fields import MomentField
from publishing.models import PendingVersion, Remark
from publishing.publishable import State
from publishing.translated import lacking_english
from publishing.trial import is_trial

SENT_BACK = "Sendt tilbage:"


def status_of(item) -> str:
    if item.state == State.SCHEDULED:
        return f"Planlagt til {in_words(item.published_at)}"
    return item.state.label


def english_warnings(item) -> list[str]:
    """What an English reader would miss, in sentences."""
    labels = {field.name: str(field.verbose_name) for field in item._meta.fields}
    found = [
        ("Mangler på engelsk", lacking_english(item)),
        ("Ældre på engelsk end på dansk", item.english_behind or []),
    ]
    return [f"{words}: {', '.join(labels[name] for name in names)}." for words, names in found if names]


def _warn_of_english(request, item):
    for words in english_warnings(type(item)._base_manager.get(pk=item.pk)):
        messages.warning(request, f"«{item}»: {words}")


# --- What each step does, to one item; False where it was not done ---------------------------------------


def submit(model_admin, request, item):
    with model_admin.as_version(request, item, SUBMITTED):
        item.submit()
        ask_to_read(request, item, model_admin.address(item))


def publish(model_admin, request, item, at=None) -> bool:
    """Say why where it cannot be."""
    told = f"Planlagt til {in_words(at)}." if at else "Offentliggjort."
    try:
        item.full_clean()
        item.check_before_publishing()
        with model_admin.as_version(request, item, told):
            item.publish(at)
            close(Remark.objects.of(item))
            model_admin.record_act(request, What.PUBLISHED, item)
    except ValidationError as error:
        messages.error(request, f"«{item}» blev ikke offentliggjort. {' '.join(error.messages)}")
        return False
    return True


def withdraw(model_admin, request, item):
    with model_admin.as_version(request, item, "Trukket tilbage."):
        item.withdraw()


def archive(model_admin, request, item):
    with model_admin.as_version(request, item, "Arkiveret."):
        item.archive()


def say_that_english_is_right(model_admin, request, item):
    item.say_that_english_is_right()
    model_admin.log_change(request, item, "Det engelske passer stadig.")


def still_right(model_admin, request, item):
    """The date that readers see is when somebody last vouched for the page."""
    item.save(update_fields=["updated_at"])
    model_admin.log_change(request, item, "Set på: stadig rigtig.")


# --- The buttons -----------------------------------------------------------------------------------------


class Step(NamedTuple):
    """A button on an item's page: it does something, or leads to the `page` that asks for more.

    What `does` says is asked first where it is done to several in a list, by the name `in_list`.
    """

    name: str
    label: str
    states: frozenset[State] = frozenset()
    page: str = ""
    act: Callable[..., bool | None] | None = None
    done: str = ""
    in_list: str = ""
    does: str = ""


ALL = frozenset(State)
NOT_YET_PUBLIC = frozenset([State.DRAFT, State.REVIEW, State.SCHEDULED])
STEPS = [
    Step(
        "_submit", "Gem, og send til gennemsyn", frozenset([State.DRAFT]),
        act=submit, done="Nu til gennemsyn", in_list="Send til gennemsyn",
        does="Kladderne venter så på, at en kollega læser dem.",
    ),
    Step(
        "_publish", "Gem, og offentliggør nu", ALL - {State.PUBLISHED},
        act=publish, done="Nu offentligt", in_list="Offentliggør", does="Alle kan læse dem med det samme.",
    ),
    Step("_schedule", "Gem, og planlæg", NOT_YET_PUBLIC, page="schedule"),
    Step("_return", "Gem, og send tilbage", frozenset([State.REVIEW]), page="return"),
    Step("_apart", "Gem uden at vise", frozenset([State.PUBLISHED])),
    Step(
        "_withdraw", "Gem, og træk tilbage", frozenset([State.PUBLISHED, State.SCHEDULED]),
        act=withdraw, done="Nu en kladde igen", in_list="Træk tilbage",
        does="Læserne kan så ikke finde dem mere. De bliver kladder igen.",
    ),
    Step(
        "_unarchive", "Gem, og hent frem som kladde", frozenset([State.ARCHIVED]),
        act=withdraw, done="Nu en kladde igen",
    ),
    Step(
        "_english_right", "Gem: det engelske passer stadig", ALL,
        act=say_that_english_is_right, done="Det engelske passer",
    ),
    Step(
        "_still_right", "Set på i dag: stadig rigtig", frozenset([State.PUBLISHED]),
        act=still_right, done="Set på i dag", in_list="Set på i dag: stadig rigtig",
        does="Læserne ser så datoen i dag på dem som «sidst opdateret».",
    ),
]  # fmt: skip
# One text is archived on a page of its own, which asks for its successor.
ARCHIVE = Step(
    "_archive", "", ALL - {State.ARCHIVED}, act=archive, done="Nu arkiveret", in_list="Arkivér",
    does=(
        "Læserne kan så ikke finde dem mere. Teksterne og deres historik bliver her. Skal læserne føres "
        "til en anden side, så arkivér dem én for én."
    ),
)  # fmt: skip
# Of what is written beside the public text.
STEPS_BESIDE = [
    Step("_submit_pending", "Gem, og send til gennemsyn", frozenset([State.DRAFT])),
    Step("_return_pending", "Gem, og send tilbage", frozenset([State.REVIEW]), page="return"),
    Step("_appear", "Gem, og lad den tage den offentliges plads", ALL, page="appear"),
]


def steps_from(state: State, *, english_is_behind=False) -> list[Step]:
    steps = [step for step in STEPS if state in step.states]
    return [step for step in steps if english_is_behind or step.name != "_english_right"]


def response_of_step(model_admin, request, item):
    """The form is saved; the button says what is to happen next, and in a trial nothing does."""
    if is_trial():
        return redirect(model_admin.address(item))
    step = next((one for one in STEPS if one.name in request.POST and item.state in one.states), None)
    if step and step.act:
        take(model_admin, request, [item], step)
    return redirect(model_admin.address(item, step.page or "change")) if step else None


def take(model_admin, request, items, step: Step):
    taken = [item for item in items if step.act(model_admin, request, item) is not False]
    if taken and step.act is publish and len(items) == 1:
        _warn_of_english(request, taken[0])
    if taken:
        messages.success(request, f"{step.done}: {', '.join(f'«{item}»' for item in taken)}")


# --- What is asked for first -----------------------------------------------------------------------------


class ScheduleForm(forms.Form):
    moment = MomentField(
        label="Hvornår skal siden frem?", help_text="Siden kommer frem af sig selv på det tidspunkt."
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


@item_view("planlaeg/", "schedule")
def schedule_view(model_admin, request, item):
    form = ScheduleForm(request.POST or None, initial={"moment": item.published_at})
    if not form.is_valid():
        return _step_page(model_admin, request, item, "Planlæg", form)
    if publish(model_admin, request, item, form.cleaned_data["moment"]):
        messages.success(request, f"«{item}»: {status_of(item)}.")
        _warn_of_english(request, item)
    return redirect(model_admin.address(item))


@item_view("send-tilbage/", "return")
def return_view(model_admin, request, item):
    form = ReturnForm(request.POST or None)
    if not form.is_valid():
        return _step_page(model_admin, request, item, "Send tilbage", form)
    comment = form.cleaned_data["comment"]
    pending = PendingVersion.objects.of(item).filter(submitted_at__isnull=False)
    page = model_admin.address(item, "pending" if pending else "change")
    if pending:
        pending.update(submitted_at=None)
        model_admin.log_change(request, item, f"{SENT_BACK} {comment}")
    else:
        with model_admin.as_version(request, item, f"{SENT_BACK} {comment}"):
            item.withdraw()
    send_back(request, item, page, comment)
    messages.success(request, f"«{item}» er sendt tilbage og er en kladde igen.")
    return redirect(page)


def _step_page(model_admin, request, item, title: str, form):
    return model_admin.page(request, title, "admin/step.html", {"form": form, "button": title}, item=item)


def workflow_context(model_admin, request, context, item) -> dict:
    """The buttons, and who may be asked to read where one of them sends the text on."""
    steps: list[Step] = []
    shown: dict = {"can_preview": hasattr(model_admin.model, "get_absolute_url")}
    if item:
        behind = item.english_behind or []
        mark_english_behind(context["adminform"].form, behind)
        steps = steps_from(item.state, english_is_behind=bool(behind))
        if context["is_pending"]:
            state = State.REVIEW if context["pending"].submitted_at else State.DRAFT
            steps = [step for step in STEPS_BESIDE if state in step.states]
        archive_url = "" if item.state == State.ARCHIVED else model_admin.address(item, "archive")
        shown |= {"state": status_of(item), "archive_url": archive_url}
    elif not (context["original"] or context["is_popup"]):
        steps = steps_from(State.DRAFT)
    if {"_submit", "_submit_pending"} & {step.name for step in steps}:
        shown["reviewer_form"] = ReviewerForm(user=request.user, model=model_admin.model)
    return {**shown, "steps": steps}


WORKFLOW = Feature([archive_view, schedule_view, return_view], in_form=workflow_context)


# --- Several items ---------------------------------------------------------------------------------------


def _action(step: Step):
    def action(model_admin, request, items):
        take(model_admin, request, items, step)

    action.__name__ = step.name.removeprefix("_")
    return asks_first(step.in_list, does=step.does, applies=lambda item: item.state in step.states)(action)


ACTIONS = [_action(step) for step in [*STEPS, ARCHIVE] if step.in_list]
