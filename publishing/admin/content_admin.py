"""What every form of the admin does: help in sentences, guards, addresses out of titles."""

from publishing.admin.custom_views import OwnPages
from publishing.admin.drafts import FetchedForm, KeepsUnsaved
from publishing.admin.edit_conflicts import Collides, CollisionForm
from publishing.admin.help import HelpTexts
from publishing.admin.history import Versioned
from publishing.admin.lists import DeclaredLookups
from publishing.admin.text_checks import ChecksTexts
from publishing.admin.unpublishing import Leaving
from publishing.slugs import slug_of


class GuardedForm(FetchedForm, CollisionForm):
    """Overwrites nothing unseen, and saves nothing that its editor has not looked at."""


class Guarded(HelpTexts, ChecksTexts, KeepsUnsaved, Collides, DeclaredLookups, OwnPages):
    """Mixin for every admin in which somebody writes: no word is lost, overwritten or left unchecked."""

    form = GuardedForm

    class Media:
        js = ["js/admin_unsaved.js", "js/admin_checks.js", "js/admin_toolbar.js", "js/admin_preview.js"]

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if not issubclass(cls.form, GuardedForm):
            raise TypeError(f"The form of {cls.__name__} must be a GuardedForm.")


class ContentForm(GuardedForm):
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
    return slug_of(title, longest)


class ContentAdmin(Leaving, Guarded, Versioned):
    form = ContentForm
    list_per_page = 50

    class Media:
        js = ["js/admin_labels.js", *Guarded.Media.js]
