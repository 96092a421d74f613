"""Pictures and files are chosen by what they show: in a story's form, in a text, and in their own lists.

A field is a select with what was last uploaded; static/js/admin_chooser.js makes it a list of what is chosen,
with a dialog to search, to narrow by tags and to upload in place, through the ordinary form for a new one.
"""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.db.models import Func, Q
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from compass.models import Picture
from publishing.admin.custom_views import Feature, custom_view, permitted
from publishing.admin.text_checks import SearchForm, typed
from publishing.danish_order import danish_key

MOST_SHOWN = 24
MOST_IN_SELECT = 200
MOST_TAGS = 200


def limited(field: forms.Field, most: int, accept: str, advice: str):
    """The browser says what is too large before it is sent; the server refuses it all the same."""
    field.widget.attrs |= {
        "accept": accept,
        "data-most-bytes": most,
        "data-too-large": f"Filen må højst fylde {filesizeformat(most)}. {advice}",
    }


# --- Tags --------------------------------------------------------------------------------------------


class TagsField(SimpleArrayField):
    """Words with commas between; each once, in small letters."""

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        words = value.split(",") if isinstance(value, str) else value or []
        return [*dict.fromkeys(filter(None, (" ".join(word.lower().split()) for word in words)))]


def tags_of(model) -> list[str]:
    words = model.objects.annotate(tag=Func("tags", function="unnest")).values_list("tag", flat=True)
    return sorted(words.distinct(), key=danish_key)[:MOST_TAGS]


class TagFilter(admin.SimpleListFilter):
    title = "emneord"
    parameter_name = "emneord"

    def lookups(self, request, model_admin):
        return [(tag, tag) for tag in tags_of(model_admin.model)]

    def queryset(self, request, queryset):
        is_known = self.value() in dict(self.lookup_choices)
        return queryset.filter(tags__contains=[self.value()]) if is_known else queryset


# --- The field ---------------------------------------------------------------------------------------


class _Chooses:
    """Mixin for selects: the newest, and what is chosen, each with what the dialog shows of it."""

    def __init__(self, model, attrs=None):
        self.model = model
        address = reverse(f"admin:compass_{model._meta.model_name}_choose")
        super().__init__({"data-chooser": address, "data-words": f"Vælg {model._meta.verbose_name}"})

    def optgroups(self, name, value, attrs=None):
        rows = self.model.objects.all()
        newest = rows.order_by("-uploaded_at", "-pk").values("pk")[:MOST_IN_SELECT]
        chosen = [int(one) for one in value if one.isdecimal() and len(one) < 19]
        self.choices.queryset = rows.filter(Q(pk__in=newest) | Q(pk__in=chosen))
        return super().optgroups(name, value, attrs)

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        if isinstance(getattr(value, "instance", None), Picture):
            option["attrs"]["data-picture"] = value.instance.card_address
        return option


class ChooseOne(_Chooses, forms.Select):
    pass


class ChooseSeveral(_Chooses, forms.SelectMultiple):
    pass


# --- The dialog --------------------------------------------------------------------------------------


class ChooseForm(SearchForm):
    tag = forms.CharField(required=False, max_length=40)


def chooser(searched: list[str], asked_for: list[str]) -> Feature:
    """The dialog of what is chosen: where words are looked for, and what whoever uploads is asked."""

    @custom_view("vaelg/", "choose", may=permitted("view"))
    def choose_view(model_admin, request):
        """The dialog; or what was found for what somebody has typed into it, the newest first."""
        data = typed(request, ChooseForm)
        words, tag = data.get("q", ""), data.get("tag", "")
        has_words = Q(*[(f"{name}__icontains", words) for name in searched], _connector=Q.OR)
        found = model_admin.model.objects.filter(has_words | Q(tags__contains=[words.lower()]))
        found = (found.filter(tags__contains=[tag]) if tag else found).order_by("-uploaded_at", "-pk")
        context = {"opts": model_admin.opts, "found": found[:MOST_SHOWN], "is_narrowed": words or tag}
        if request.method == "POST":
            return render(request, "admin/_found_to_choose.html", context)
        form = model_admin.get_form(request)(auto_id=False)
        own = {
            "tags": tags_of(model_admin.model),
            "can_add": model_admin.has_add_permission(request),
            "limits": form.fields["file"].widget.attrs,
            "fields": [form[name] for name in asked_for],
            "filled": [field for field in form if field.field.initial and field.name not in asked_for],
        }
        return render(request, "admin/_chooser.html", {**context, **own})

    return Feature([choose_view])


PICTURE_LIMIT = (settings.PICTURE_MAX_BYTES, "image/jpeg,image/png,image/webp,image/avif", "Gem det mindre.")
FILE_LIMIT = (settings.ATTACHMENT_MAX_BYTES, ".pdf,.docx,.xlsx,.csv", "Gem den mindre.")
