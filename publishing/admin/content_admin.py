"""What every form of the admin does: help in sentences, guards, addresses out of titles."""

import re
from collections import Counter
from itertools import count

from django.db import models

from publishing.admin.custom_views import OwnPages
from publishing.admin.drafts import FetchedForm, KeepsUnsaved
from publishing.admin.edit_conflicts import Collides, CollisionForm
from publishing.admin.help import HelpTexts
from publishing.admin.history import Versioned
from publishing.admin.lists import DeclaredLookups
from publishing.admin.text_checks import ChecksTexts
from publishing.admin.unpublishing import Leaving
from publishing.slugs import slug_of

KEY = re.compile(r"([A-ZÆØÅ]+-?)(\d+)")
LOOKED_AT = 500


class GuardedForm(FetchedForm, CollisionForm):
    """Overwrites nothing unseen, and saves nothing that its editor has not looked at."""


class Guarded(HelpTexts, ChecksTexts, KeepsUnsaved, Collides, DeclaredLookups, OwnPages):
    """Mixin for every admin in which somebody writes: no word is lost, overwritten or left unchecked."""

    form = GuardedForm

    class Media:
        js = [
            "js/admin_unsaved.js",
            "js/admin_checks.js",
            "js/admin_uploads.js",
            "js/admin_chooser.js",
            "js/admin_toolbar.js",
            "js/admin_preview.js",
            "js/admin_order.js",
        ]

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if not issubclass(cls.form, GuardedForm):
            raise TypeError(f"The form of {cls.__name__} must be a GuardedForm.")


class ContentForm(GuardedForm):
    """Makes the address of the title, and gives the next key, when the editor wrote none."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"slug", "key"} & self.fields.keys():
            self.fields[name].required = False

    def clean(self):
        cleaned = super().clean()
        if "key" in self.fields and not (cleaned.get("key") or "key" in self.errors):
            cleaned["key"] = self.instance.key or next_key(type(self.instance))
        if "slug" in self.fields and not (cleaned.get("slug") or "slug" in self.errors):
            cleaned["slug"] = address_of(cleaned.get("title", ""), self.fields["slug"].max_length)
        return cleaned


def next_key(model: type[models.Model]) -> str:
    """The one after the highest, with the letters that the last rows have: «S20» → «S21»."""
    last = model._default_manager.order_by("-pk").values_list("key", flat=True)[:LOOKED_AT]
    found = [match.groups() for key in last if (match := KEY.fullmatch(key))]
    letters = Counter(letters for letters, _number in found).most_common(1)
    start = letters[0][0] if letters else model._meta.model_name[:1].upper()
    numbers = [number for begins, number in found if begins == start]
    keys = (
        f"{start}{number:0{len(max(numbers, default=''))}}"
        for number in count(max(map(int, numbers), default=0) + 1)
    )
    return next(key for key in keys if not model._default_manager.filter(key=key).exists())


def address_of(title: str, longest: int) -> str:
    """«Det gode møde på Bispehaven» → det-gode-moede-paa-bispehaven."""
    return slug_of(title, longest)


class ContentAdmin(Leaving, Guarded, Versioned):
    form = ContentForm
    list_per_page = 50

    class Media:
        js = ["js/admin_labels.js", *Guarded.Media.js]
