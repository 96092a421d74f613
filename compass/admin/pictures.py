"""Pictures and files: read when they are uploaded, refused in words when they are not what they should be."""

import json
from pathlib import Path

from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.dispatch import receiver
from django.utils.html import format_html, format_html_join

from compass.admin.choosers import FILE_LIMIT, PICTURE_LIMIT, TagFilter, TagsField, chooser, limited
from compass.models import Attachment, Picture
from compass.models.pictures import CARD
from compass.uploads import as_webp, kind_of, read_picture
from publishing.admin import ContentAdmin, ContentForm
from publishing.admin.filters import ConditionFilter
from publishing.admin.references import rows_with, use_at, uses_of
from publishing.models import PendingVersion
from publishing.signals import is_needed

SORTED = "Skriv komma mellem ordene, fx «skole, møde». Kun redaktionen ser dem og kan finde frem ved dem."


@receiver(is_needed, sender=Picture)
def texts_with(sender, item, **kwargs) -> list[str]:
    """A picture that stands in a text is needed there."""
    return [f"Billedet står i teksten «{row}»." for row in rows_with(item.stem)]


def unused(model) -> Q:
    """What stands in no text, public or not, and waits beside none: it can be thrown away."""
    beside = [*PendingVersion.objects.values_list("texts", flat=True)]
    rows = [values for texts in beside for rows in texts.values() for values in rows.values()]
    if model is Picture:
        chosen = {row.get("picture_id") for row in rows}
    else:
        chosen = {key for row in rows for key in row.get("attachments", [])}
    left = [one for one in model.objects.filter(stories=None) if one.pk not in chosen]
    words = json.dumps(beside, ensure_ascii=False)
    return Q(pk__in=[one.pk for one in left if Path(one.file.name).stem not in words and not _texts(one)])


class UnusedFilter(ConditionFilter):
    title = "brug"
    parameter_name = "brug"

    conditions = {"ingen": ("Bruges ikke", unused)}


def _texts(item) -> list:
    return list(rows_with(Path(item.file.name).stem))


@admin.display(description="bruges i")
def used(item):
    """Every place, with links to where it is changed."""
    if not item.pk:
        return "–"
    uses = [*uses_of(item), *filter(None, map(use_at, _texts(item)))]
    links = [
        (use.kind, format_html('<a href="{}">{}</a>', use.url, use.text) if use.url else use.text)
        for use in uses
    ]
    return format_html_join(", ", "{}: {}", dict.fromkeys(links)) or "Ingen steder"


class UploadForm(ContentForm):
    """Knows what may be uploaded before it is."""

    limit: tuple[int, str, str]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            limited(self.fields["file"], *self.limit)

    class Meta:
        field_classes = {"tags": TagsField}


class PictureForm(UploadForm):
    limit = PICTURE_LIMIT

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if not isinstance(upload, UploadedFile):
            return upload
        image = read_picture(upload)
        self.instance.width, self.instance.height = image.size
        written = as_webp(image)
        written.name = "billede.webp"
        return written


class AttachmentForm(UploadForm):
    limit = FILE_LIMIT

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if isinstance(upload, UploadedFile):
            self.instance.kind, self.instance.size = kind_of(upload), upload.size
        return upload


@admin.register(Picture)
class PictureAdmin(ContentAdmin):
    class Media:
        js = ["js/admin_fields.js", "js/admin_focus.js"]

    form = PictureForm
    features = [chooser(["alt", "caption", "credit"], asked_for=["alt", "credit", "tags"])]
    list_display = ["thumbnail", "__str__", "credit", "uploaded_at"]
    list_display_links = ["thumbnail", "__str__"]
    list_filter = [UnusedFilter, TagFilter, "is_decorative"]
    search_fields = ["alt", "alt_en", "caption", "credit"]
    readonly_fields = ["whole", used]
    help_texts = {
        "file": (
            "JPEG, PNG, WebP eller AVIF. Sted, kamera og andre skjulte oplysninger bliver fjernet. "
            "Vis kun mennesker, der har sagt ja til det."
        ),
        "alt": "Sig med en sætning, hvad billedet viser. Den læses op for den, der ikke kan se det.",
        "is_decorative": "Sæt kun flueben, hvis læseren intet går glip af uden billedet.",
        "decorative_reason": "Skal skrives, når billedet kun er pynt. Læseren ser det ikke.",
        "credit": "Navnet på den, der har taget eller tegnet billedet.",
        "tags": SORTED,
        "focus_x": "Et tal fra 0 (helt til venstre) til 100 (helt til højre). Udsnittet på kort lægges her.",
        "focus_y": "Et tal fra 0 (øverst) til 100 (nederst).",
    }
    fieldsets = [
        (None, {"fields": [
            "file", "alt", "is_decorative", "decorative_reason", "caption", "credit", "tags",
        ]}),
        ("Udsnit", {"fields": ["whole", "focus_x", "focus_y"]}),
        ("Bruges i", {"fields": [used]}),
    ]  # fmt: skip

    @admin.display(description="klik på det vigtigste")
    def whole(self, picture):
        """static/js/admin_focus.js makes a click two numbers, and shows a file that is only chosen."""
        if not picture.pk:
            return format_html("<span data-focus>{}</span>", "Vælg en fil, så ses billedet her.")
        width, height = picture.shown_size
        return format_html(
            '<span data-focus><img src="{}" alt="{}" width="{}" height="{}"></span>',
            picture.address, picture.alt, width, height,
        )  # fmt: skip

    @admin.display(description="udsnit")
    def thumbnail(self, picture):
        width, height = CARD[0] // 4, CARD[1] // 4
        return format_html(
            '<img src="{}" alt="{}" width="{}" height="{}" loading="lazy">',
            picture.card_address, picture.alt, width, height,
        )  # fmt: skip


@admin.register(Attachment)
class AttachmentAdmin(ContentAdmin):
    form = AttachmentForm
    features = [chooser(["title", "title_en"], asked_for=["title", "is_accessible", "tags"])]
    list_display = ["title", "kind", "uploaded_at"]
    list_filter = [UnusedFilter, TagFilter, "kind"]
    readonly_fields = [used]
    search_fields = ["title", "title_en"]
    help_texts = {
        "file": "PDF, Word (docx), Excel (xlsx) eller CSV. Er teksten kort, så skriv den hellere på siden.",
        "title": "Sådan ser læseren filen på siden. Slags og størrelse bliver skrevet bagefter.",
        "is_accessible": (
            "Filen har overskrifter, sprog og billedtekster, og den kan læses op. "
            "Loven kræver det, så uden flueben kan filen ikke gemmes."
        ),
        "tags": SORTED,
    }
    fields = ["title", "file", "is_accessible", "tags", used]
