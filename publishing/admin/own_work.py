"""What an editor has under way: words that are not saved, texts that were sent back, drafts of one's own."""

from typing import NamedTuple

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from publishing.admin.drafts import address_of_work
from publishing.admin.workflow import SENT_BACK, WHAT_HAPPENED
from publishing.models import UnsavedWork
from publishing.publishable import Publishable, State

MOST_READ = 200  # of the newest lines of one's own history
MOST_SHOWN = 8
NAMES = ["title", "name", "text", "alt", "what"]


class Own(NamedTuple):
    label: str
    text: str
    url: str


def own_work(user) -> list[Own]:
    return [*_unsaved(user), *_own_drafts(user)]


def _unsaved(user) -> list[Own]:
    waiting = UnsavedWork.objects.filter(user=user).waiting().select_related("content_type")[:MOST_SHOWN]
    return [Own("Ikke gemt", _name_of(work), _url_of(work)) for work in waiting]


def _name_of(work: UnsavedWork) -> str:
    typed = next((work.fields[name][0] for name in NAMES if work.fields.get(name, [""])[0]), "")
    return f"{work.content_type.name}: {typed[:80] or 'uden titel'}"


def _url_of(work: UnsavedWork) -> str:
    return f"{address_of_work(work)}?ugemt={work.token}"


def _own_drafts(user) -> list[Own]:
    """Drafts one has written in; those that a colleague has sent back come first."""
    entries = LogEntry.objects.filter(user=user).order_by("-pk").values_list("content_type", "object_id")
    written = list(dict.fromkeys(entries[:MOST_READ]))
    drafts = [item for item in _items(written) if item.state == State.DRAFT][:MOST_SHOWN]
    back = _sent_back(drafts)
    labels = ["Sendt tilbage til dig" if item in back else "Din kladde" for item in drafts]
    found = [Own(label, str(item), _change(item)) for label, item in zip(labels, drafts, strict=True)]
    return sorted(found, key=lambda own: own.label, reverse=True)


def _items(written: list[tuple]) -> list[Publishable]:
    found: dict[tuple, Publishable] = {}
    for kind_id in {kind for kind, _key in written}:
        model = ContentType.objects.get_for_id(kind_id).model_class()
        if model and issubclass(model, Publishable):
            keys = [key for kind, key in written if kind == kind_id]
            found |= {(kind_id, str(item.pk)): item for item in model._default_manager.filter(pk__in=keys)}
    return [found[entry] for entry in written if entry in found]


def _sent_back(drafts: list[Publishable]) -> list[Publishable]:
    """Those whose last step was that."""
    keys = [str(item.pk) for item in drafts]
    steps = LogEntry.objects.filter(object_id__in=keys, change_message__regex=WHAT_HAPPENED).order_by("pk")
    last = {(step.content_type_id, step.object_id): step.change_message for step in steps}
    return [
        item for item in drafts
        if last.get((ContentType.objects.get_for_model(item).pk, str(item.pk)), "").startswith(SENT_BACK)
    ]  # fmt: skip


def _change(item) -> str:
    return reverse(f"admin:{item._meta.app_label}_{item._meta.model_name}_change", args=[item.pk])
