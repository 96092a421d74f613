"""How the admin treats content. Import from here; the modules say what belongs together."""

from publishing.admin.content_admin import ContentAdmin, ContentForm, Guarded, GuardedForm, address_of
from publishing.admin.filters import NotSeenFilter, StatusFilter, TaskKind
from publishing.admin.help import (
    HELP,
    MARKDOWN,
    PROVENANCE,
    PUBLISHING,
    WITH_KEY,
    HelpTexts,
    TextArea,
    english,
)
from publishing.admin.lists import DeclaredLookups
from publishing.admin.ordering import OrderedForm, OrderedFormSet, OrderedInline
from publishing.admin.publishable_admin import PublishableAdmin
from publishing.admin.read_only import AddedOnly, ReadOnly
from publishing.admin.unpublishing import DiscreetDeletion
from publishing.admin.workflow import status_of

__all__ = [
    "HELP",
    "MARKDOWN",
    "PROVENANCE",
    "PUBLISHING",
    "WITH_KEY",
    "AddedOnly",
    "ContentAdmin",
    "ContentForm",
    "DeclaredLookups",
    "DiscreetDeletion",
    "Guarded",
    "GuardedForm",
    "HelpTexts",
    "NotSeenFilter",
    "OrderedForm",
    "OrderedFormSet",
    "OrderedInline",
    "PublishableAdmin",
    "ReadOnly",
    "StatusFilter",
    "TaskKind",
    "TextArea",
    "address_of",
    "english",
    "status_of",
]
