"""How the admin treats content. Import from here; the modules say what belongs together."""

from publishing.admin.base import AddedOnlyAdmin, BaseAdmin, ReadOnlyAdmin
from publishing.admin.content_admin import ContentAdmin, ContentForm, GuardedAdmin, GuardedForm
from publishing.admin.custom_views import Feature, custom_view, item_view
from publishing.admin.filters import TaskKind
from publishing.admin.help import MARKDOWN, PROVENANCE, PUBLISHING, WITH_KEY, WrittenInline
from publishing.admin.ordering import OrderedForm, OrderedFormSet, OrderedInline
from publishing.admin.publishable_admin import PublishableAdmin
from publishing.admin.workflow import status_of

__all__ = [
    "MARKDOWN", "PROVENANCE", "PUBLISHING", "WITH_KEY", "AddedOnlyAdmin", "BaseAdmin", "ContentAdmin",
    "ContentForm", "Feature", "GuardedAdmin", "GuardedForm", "OrderedForm", "OrderedFormSet", "OrderedInline",
    "PublishableAdmin", "ReadOnlyAdmin", "TaskKind", "WrittenInline", "custom_view", "item_view",
    "status_of",
]  # fmt: skip
