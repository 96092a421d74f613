"""How the admin treats content: help in sentences, status, readability, publish and withdraw."""

from datetime import timedelta

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import NestedObjects
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models, router
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import capfirst, slugify

from aarhuskompas.readability import AIM, described, lix

DANISH_LETTERS = str.maketrans({"å": "aa", "æ": "ae", "ø": "oe"})
NO_LONGER_LOOKED_AT = timedelta(days=365)
HIGHEST_POSITION = 999
OUT_OF_THE_WAY = 10_000
LONG_TEXTS = {"body", "description", "transcript", "intro"}

MARKDOWN = (
    "Skriv ## foran en mellemrubrik og - foran et punkt. "
    "Et link skrives [det, læseren ser](https://adressen)."
)
HELP = {
    "slug": (
        "Sidens adresse. Lad feltet stå tomt, så bliver den lavet af titlen. "
        "Ændrer du den på en offentlig side, fører den gamle adresse videre til den nye."
    ),
    "body": MARKDOWN,
    "description": MARKDOWN,
    "position": "Det laveste tal vises først.",
    "provenance": "Læseren ser altid, hvor teksten kommer fra.",
    "provenance_note": "Står her en note, vises den i stedet for den faste tekst om ophav.",
    "key": "En kort og entydig nøgle, fx S21. Andet indhold henviser med den.",
}


def english(*fields: str) -> tuple:
    return (
        "Engelsk",
        {
            "fields": fields,
            "classes": ["collapse"],
            "description": "Er et felt tomt, viser de engelske sider den danske tekst.",
        },
    )


PROVENANCE = ["provenance", "provenance_note"]
PUBLISHING = ("Adresse og offentliggørelse", {"fields": ["slug", "published_at", "updated_at"]})


class ContentForm(forms.ModelForm):
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


class TextArea(AdminTextareaWidget):
    """A browser sends every line end as CRLF; kept so, each text that is saved would seem changed."""

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        return value and value.replace("\r\n", "\n")


class HelpTexts:
    """Mixin for admins and inlines: whole sentences beside the fields, and room for the long texts."""

    help_texts: dict[str, str] = {}
    formfield_overrides = {models.TextField: {"widget": TextArea}}

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        help_text = {**HELP, **self.help_texts}.get(db_field.name)
        if help_text:
            kwargs["help_text"] = help_text
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, models.TextField):
            is_long = db_field.name.removesuffix("_en") in LONG_TEXTS
            field.widget.attrs["rows"] = 20 if is_long else 4
        return field


class DiscreetDeletion:
    """Mixin for admins: what stands in the way of a deletion is named only if the admin shows it.

    Django lists it with its text, and that may be a colleague's goal, which is nobody else's to read.
    """

    def get_deleted_objects(self, objs, request):
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        if protected:
            protected = self._what_stands_in_the_way(objs)
        return deleted, counts, lacking, protected

    def _what_stands_in_the_way(self, objs) -> list[str]:
        rows = _protected(objs)
        shown = [row for row in rows if self.admin_site.is_registered(type(row))]
        lines = sorted(_link(self.admin_site, row) for row in shown)
        if hidden := len(rows) - len(shown):
            lines.append(f"Noget, som ikke vises her, fx medarbejderes mål ({hidden})")
        return lines


def _protected(objs) -> set:
    collector = NestedObjects(using=router.db_for_write(objs[0].__class__))
    collector.collect(objs)
    return collector.protected


def _link(site, row) -> str:
    meta = row._meta
    url = reverse(f"{site.name}:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    return format_html('{}: <a href="{}">{}</a>', capfirst(meta.verbose_name), url, row)


class ContentAdmin(HelpTexts, DiscreetDeletion, admin.ModelAdmin):
    form = ContentForm
    list_per_page = 50

    class Media:
        js = ["js/admin_labels.js"]


# --- Publishing ------------------------------------------------------------------------------------


def status_of(item) -> str:
    if item.published_at is None:
        return "Kladde"
    if item.is_published:
        return "Offentlig"
    moment = date_format(timezone.localtime(item.published_at), r"j. F Y \k\l. H.i")
    return f"Planlagt til {moment}"


class StatusFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return [("kladde", "Kladde"), ("planlagt", "Planlagt"), ("offentlig", "Offentlig")]

    def queryset(self, request, queryset):
        now = timezone.now()
        chosen = {
            "kladde": {"published_at__isnull": True},
            "planlagt": {"published_at__gt": now},
            "offentlig": {"published_at__lte": now},
        }.get(self.value())
        return queryset.filter(**chosen) if chosen else queryset


class NotSeenFilter(admin.SimpleListFilter):
    title = "sidst ændret"
    parameter_name = "gammel"

    def lookups(self, request, model_admin):
        return [("ja", "Ikke set på i et år")]

    def queryset(self, request, queryset):
        if self.value() == "ja":
            return queryset.filter(updated_at__lt=timezone.now() - NO_LONGER_LOOKED_AT)
        return queryset


class PublishableAdmin(ContentAdmin):
    """For models that are Publishable; `text_field` names the Markdown text whose LIX is shown."""

    text_field = "body"
    actions = ["publish", "withdraw"]
    save_on_top = True

    def get_list_display(self, request):
        measured = ["readability"] if self.text_field else []
        return [*super().get_list_display(request), "status", "changed", *measured]

    def get_list_filter(self, request):
        return [StatusFilter, NotSeenFilter, *super().get_list_filter(request)]

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), "updated_at", "readability"]

    def get_view_on_site_url(self, obj=None):
        """The page itself: editors see drafts there, at the address that readers will get."""
        if obj is None or not hasattr(obj, "get_absolute_url"):
            return None
        return obj.get_absolute_url()

    @admin.display(description="status", ordering="published_at")
    def status(self, item):
        return status_of(item)

    @admin.display(description="ændret", ordering="updated_at")
    def changed(self, item):
        return date_format(timezone.localtime(item.updated_at), "d.m.Y")

    @admin.display(description="LIX")
    def readability(self, item):
        return described(getattr(item, self.text_field)) if self.text_field else ""

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        value = lix(getattr(obj, self.text_field)) if self.text_field else None
        if value and value >= AIM:
            text = f"Teksten har LIX {value}. Prøv kortere sætninger og ord, så flere kan læse den."
            messages.warning(request, text)

    @admin.action(description="Offentliggør", permissions=["change"])
    def publish(self, request, queryset):
        """Publish now what is a draft or waiting for its date; say why where it cannot be."""
        published = [item for item in queryset if not item.is_published and self._publish(request, item)]
        if published:
            messages.success(request, f"Nu offentligt: {_titles(published)}")

    def _publish(self, request, item) -> bool:
        item.published_at = timezone.now()
        try:
            item.full_clean()
            self.check_before_publishing(item)
        except ValidationError as error:
            messages.error(request, f"«{item}» blev ikke offentliggjort. {' '.join(error.messages)}")
            return False
        item.save(update_fields=["published_at", "updated_at"])
        self.log_change(request, item, "Offentliggjort.")
        return True

    def check_before_publishing(self, item):
        """Raise ValidationError for what must be there before readers may see the item."""

    @admin.action(description="Træk tilbage", permissions=["change"])
    def withdraw(self, request, queryset):
        withdrawn = list(queryset.filter(published_at__isnull=False))
        for item in withdrawn:
            item.published_at = None
            item.save(update_fields=["published_at", "updated_at"])
            self.log_change(request, item, "Trukket tilbage.")
        if withdrawn:
            messages.success(request, f"Nu en kladde igen: {_titles(withdrawn)}")


def _titles(items) -> str:
    return ", ".join(f"«{item}»" for item in items)


# --- Rows in an order ------------------------------------------------------------------------------


class OrderedForm(forms.ModelForm):
    """A row with a position; whether two rows have the same one is a question for the formset."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "position" in self.fields:
            self.fields["position"].validators.append(MaxValueValidator(HIGHEST_POSITION))

    def validate_constraints(self):
        try:
            self.instance.validate_constraints({*self._get_validation_exclusions(), "position"})
        except ValidationError as error:
            self._update_errors(error)


class OrderedFormSet(forms.BaseInlineFormSet):
    """Rows that may swap places in one go; an empty row is offered the number after the last."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if index is not None and index >= self.initial_form_count() and "position" in form.fields:
            form.initial.setdefault("position", index + 1)

    def get_unique_error_message(self, unique_check):
        return f"To {self.model._meta.verbose_name_plural} har samme rækkefølge. Giv hver sit tal."

    def save(self, commit=True):
        self._make_room()
        return super().save(commit)

    def _make_room(self):
        """Move away what changes place or goes, so that its number is free whoever is saved first."""
        moving = [
            form.instance.pk
            for form in self.initial_forms
            if form in self.deleted_forms or "position" in form.changed_data
        ]
        rows = self.model._default_manager.filter(pk__in=moving)
        rows.update(position=F("position") + OUT_OF_THE_WAY)


class OrderedInline(HelpTexts, admin.StackedInline):
    form = OrderedForm
    formset = OrderedFormSet
    extra = 0
    ordering = ["position"]
