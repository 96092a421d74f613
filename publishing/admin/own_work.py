"""What an editor has under way: words that are not saved, texts that were sent back, drafts of one's own."""

from typing import NamedTuple

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from publishing.admin.drafts import address_of_work
from publishing.admin.remarks import READ_THIS, asked_of, page_of
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
    unsaved = UnsavedWork.objects.filter(user=user).waiting().select_related("content_type")[:MOST_SHOWN]
    read, mend = "Du er bedt om at læse", "Sendt tilbage til dig"
    asked = [(remark.item, read if remark.text == READ_THIS else mend) for remark in asked_of(user)]
    drafts = _own_drafts(user, {item for item, _label in asked})[:MOST_SHOWN]
    return [
        *(Own("Ikke gemt", _name_of(one), f"{address_of_work(one)}?ugemt={one.token}") for one in unsaved),
        *(Own(label, str(item), page_of(item)) for item, label in asked),
        *(Own("Din kladde", str(item), page_of(item)) for item in drafts),
    ]


def _name_of(work: UnsavedWork) -> str:
    typed = next((work.fields[name][0] for name in NAMES if work.fields.get(name, [""])[0]), "")
    return f"{work.content_type.name}: {typed[:80] or 'uden titel'}"


def _own_drafts(user, asked: set[Publishable]) -> list[Publishable]:
    """Drafts one has written in, also beside a public text, that nobody asks anything of."""
    entries = LogEntry.objects.filter(user=user).order_by("-pk").values_list("content_type", "object_id")
    written = list(dict.fromkeys(entries[:MOST_READ]))
    items: dict[tuple, Publishable] = {}
    for kind in {kind for kind, _key in written}:
        model = ContentType.objects.get_for_id(kind).model_class()
        if model and issubclass(model, Publishable):
            keys = [key for of_kind, key in written if of_kind == kind]
            items |= {(kind, str(item.pk)): item for item in model._default_manager.filter(pk__in=keys)}
    beside = set(PendingVersion.objects.filter(by=user).values_list("content_type", "object_id"))
    drafts = {entry for entry, item in items.items() if item.state == State.DRAFT or entry in beside}
    return [items[entry] for entry in written if entry in drafts and items[entry] not in asked]
