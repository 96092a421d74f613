"""Danish alphabetical order – æ, ø and å (or aa) last – the same everywhere and on every PostgreSQL."""

import unicodedata
from typing import Any

from django.db.models import CharField, EmailField, F, Func, SlugField, TextField
from django.db.models.functions import Collate

LAST = str.maketrans("æäøöåüéèêëáàâíìîïóòôúùûçñ", "{{||}yeeeeaaaiiiiooouuucn")


def danish_order(expression: str | F | Func) -> Collate:
    """Order by this: `Story.objects.order_by(danish_order("title"))`; æ, ø and å (or aa) come last.

    The database's own collation decides nothing, so that development and production agree. da_sort()
    stands in publishing/sql/danish_order.sql.
    """
    sort_key = Func(expression, function="da_sort", output_field=TextField())
    return Collate(sort_key, "C")


def danish_key(text: str) -> str:
    """The same for what is sorted here: `sorted(names, key=danish_key)`; a test compares the two."""
    return unicodedata.normalize("NFC", text).lower().replace("aa", "å").translate(LAST)


def in_danish_order(model, ordering) -> list:
    """The same ordering, and every column of words in it in Danish order."""
    return [_danish(model, term) for term in ordering]


def _danish(model, term):
    if not isinstance(term, str) or not is_words(model, term.removeprefix("-")):
        return term
    in_order = danish_order(term.removeprefix("-"))
    return in_order.desc() if term.startswith("-") else in_order.asc()


def is_words(model, path: str) -> bool:
    """Whether the column holds what people read, and not a key, an address or one of some choices."""
    column: Any = None
    for name in path.split("__"):
        if name not in {field.name for field in model._meta.get_fields()}:
            return False
        column = model._meta.get_field(name)
        model = column.related_model or model
    is_text = isinstance(column, CharField | TextField) and not isinstance(column, SlugField | EmailField)
    return is_text and not column.choices and column.name not in {"key", "old"}
