"""Content in two languages: `title` is Danish, `title_en` English, `item.local.title` the reader's.

A missing English text falls back to the Danish one and says so in `lang`, so that a screen reader
changes its voice (product.md §9). The `marked` filter writes that as HTML.
"""

from django.db.models import TextChoices
from django.utils.html import format_html
from django.utils.translation import get_language

from privacy.marks import PUBLISHED


class Text(str):
    """A text, and the language it is in where that is not the page's: "da" or empty."""

    __slots__ = ("lang",)
    lang: str

    def __new__(cls, text: str, lang: str = ""):
        made = super().__new__(cls, text)
        made.lang = lang
        return made


def marked(text: str) -> str:
    """The text, with its language where that is not the page's."""
    lang = getattr(text, "lang", "")
    return format_html('<span lang="{}">{}</span>', lang, text) if lang else text


def label_of(choices: type[TextChoices], value: str) -> str:
    """As `get_…_display`, which translates every choice there is to find the one."""
    return str(choices(value).label) if value else ""


class Local:
    """The fields of one item in the language of the page."""

    def __init__(self, item):
        self._item = item

    def __getattr__(self, name: str) -> Text:
        danish = getattr(self._item, name)
        if get_language() != "en":
            return Text(danish)
        english = getattr(self._item, f"{name}_en")
        return Text(english) if english else Text(danish, "da" if danish else "")


def translated_names(model) -> list[str]:
    """The fields that have an English twin, in the order of the model."""
    names = [field.name for field in model._meta.fields]
    return [name for name in names if f"{name}_en" in names]


def lacking_english(item) -> list[str]:
    """The names of those whose text is written in Danish alone."""
    names = translated_names(type(item))
    return [name for name in names if getattr(item, name) and not getattr(item, f"{name}_en")]


class Translated:
    """Mixin for models whose texts have an `_en` twin: published ones, unless a model says otherwise."""

    personal_data = PUBLISHED

    @property
    def local(self) -> Local:
        return Local(self)
