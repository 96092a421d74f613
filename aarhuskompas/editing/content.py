"""What every form of the admin does: help in sentences, room for long texts, addresses out of titles."""

from django.utils.text import slugify

from aarhuskompas.editing.collisions import Collides, CollisionForm
from aarhuskompas.editing.help import HelpTexts
from aarhuskompas.editing.history import Versioned
from aarhuskompas.editing.leaving import Leaving
from aarhuskompas.editing.unsaved import FetchedForm, KeepsUnsaved

DANISH_LETTERS = str.maketrans({"å": "aa", "æ": "ae", "ø": "oe"})


class ContentForm(FetchedForm, CollisionForm):
    """Makes the address of the title when the editor wrote none."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean(self):
        cleaned = super().clean()
        if "slug" in self.fields and not (cleaned.get("slug") or "slug" in self.errors):
            cleaned["slug"] = address_of(cleaned.get("title", ""), self.fields["slug"].max_length)
        return cleaned


def address_of(title: str, longest: int) -> str:
    """«Det gode møde på Bispehaven» → det-gode-moede-paa-bispehaven."""
    return slugify(title.lower().translate(DANISH_LETTERS))[:longest].strip("-")


class ContentAdmin(HelpTexts, Leaving, KeepsUnsaved, Collides, Versioned):
    form = ContentForm
    list_per_page = 50

    class Media:
        js = ["js/admin_labels.js", "js/admin_unsaved.js"]
