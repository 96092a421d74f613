"""Danish alphabetical order, the same on every PostgreSQL."""

from django.db.models import F, Func, TextField
from django.db.models.functions import Collate


def danish_order(expression: str | F | Func) -> Collate:
    """Order by this: `Story.objects.order_by(danish_order("title"))`; æ, ø and å (or aa) come last.

    The database's own collation decides nothing, so that development and production agree.
    """
    sort_key = Func(expression, function="da_sort", output_field=TextField())
    return Collate(sort_key, "C")
