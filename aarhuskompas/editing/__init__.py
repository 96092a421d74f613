"""How the admin treats content. Import from here; the modules say what belongs together."""

from aarhuskompas.editing.content import ContentAdmin, ContentForm, Guarded, GuardedForm, address_of
from aarhuskompas.editing.help import HELP, MARKDOWN, PROVENANCE, PUBLISHING, HelpTexts, TextArea, english
from aarhuskompas.editing.leaving import DiscreetDeletion
from aarhuskompas.editing.lists import DeclaredLookups
from aarhuskompas.editing.ordering import OrderedForm, OrderedFormSet, OrderedInline
from aarhuskompas.editing.states import NotSeenFilter, PublishableAdmin, StatusFilter, TaskKind, status_of

__all__ = [
    "HELP",
    "MARKDOWN",
    "PROVENANCE",
    "PUBLISHING",
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
    "StatusFilter",
    "TaskKind",
    "TextArea",
    "address_of",
    "english",
    "status_of",
]
