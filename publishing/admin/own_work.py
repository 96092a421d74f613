"""What an editor has under way: words that are not saved, texts that were sent back, drafts of one's own."""

from typing import NamedTuple

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from publishing.admin.drafts import address_of_work
from publishing.admin.remarks import READ_THIS, asked_of
from publishing.models import PendingVersion, UnsavedWork
from publishing.publishable import Publishable, State

MOST_READ = 200  # of the newest lines of one's own history
MOST_SHOWN = 8
NAMES = ["title", "name", "text", "alt", "what"]


class Own(NamedTuple):
    label: str
    text: str
    url: str


def own_work(user) -> list[Own]:
    return [*_unsaved(user), *_asked(user), *_own_drafts(user)]


def _asked(user) -> list[Own]:
    """What a colleague asks of one: to read a text, or to mend what was sent back."""
    return [
        Own(
            "Du er bedt om at læse" if remark.text == READ_THIS else "Sendt tilbage til dig",
            str(item),
            _page(item),
        )
        for remark, item in asked_of(user)
    ]


def _unsaved(user) -> list[Own]:
    waiting = UnsavedWork.objects.filter(user=user).waiting().select_related("content_type")[:MOST_SHOWN]
    return [
        Own("Ikke gemt", _name_of(work), f"{address_of_work(work)}?ugemt={work.token}") for work in waiting
    ]


def _name_of(work: UnsavedWork) -> str:
    typed = next((work.fields[name][0] for name in NAMES if work.fields.get(name, [""])[0]), "")
    return f"{work.content_type.name}: {typed[:80] or 'uden titel'}"


def _own_drafts(user) -> list[Own]:
    """Drafts one has written in, also beside a public text, that nobody asks anything of."""
    entries = LogEntry.objects.filter(user=user).order_by("-pk").values_list("content_type", "object_id")
    items = _items(list(dict.fromkeys(entries[:MOST_READ])))
    asked = {item for _remark, item in asked_of(user)}
    beside = set(PendingVersion.objects.filter(by=user).values_list("content_type", "object_id"))
    drafts = [
        item for item in items if item not in asked and (item.state == State.DRAFT or _key(item) in beside)
    ]
    return [Own("Din kladde", str(item), _page(item)) for item in drafts[:MOST_SHOWN]]


def _key(item) -> tuple:
    return ContentType.objects.get_for_model(item).pk, str(item.pk)


def _items(written: list[tuple]) -> list[Publishable]:
    found: dict[tuple, Publishable] = {}
    for kind_id in {kind for kind, _key in written}:
        model = ContentType.objects.get_for_id(kind_id).model_class()
        if model and issubclass(model, Publishable):
            keys = [key for kind, key in written if kind == kind_id]
            found |= {(kind_id, str(item.pk)): item for item in model._default_manager.filter(pk__in=keys)}
    return [found[entry] for entry in written if entry in found]


def _page(item) -> str:
    """The form of what is written beside it, where there is something."""
    page = "pending" if PendingVersion.objects.of(item).exists() else "change"
    return reverse(f"admin:{item._meta.app_label}_{item._meta.model_name}_{page}", args=[item.pk])
