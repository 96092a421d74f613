"""Pictures and files: read when they are uploaded, refused in words when they are not what they should be."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.shortcuts import render
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from compass.models import Attachment, Picture
from compass.models.pictures import CARD
from compass.uploads import as_webp, kind_of, read_picture
from publishing.admin import ContentAdmin, ContentForm, english
from publishing.admin.references import rows_with
from publishing.admin.text_checks import CHOOSERS, SearchForm
from publishing.admin.unpublishing import PINNED_BY

MOST_CHOSEN = 24
CHOOSERS["pictures"] = "admin:compass_picture_choose"


def texts_with(item) -> list[str]:
    """A picture that stands in a text is needed there."""
    rows = rows_with(item.stem) if isinstance(item, Picture) else []
    return [f"Billedet står i teksten «{row}»." for row in rows]


PINNED_BY.append(texts_with)


class PictureForm(ContentForm):
    def clean_file(self):
        upload = self.cleaned_data["file"]
        if not isinstance(upload, UploadedFile):
            return upload
        image = read_picture(upload)
        self.instance.width, self.instance.height = image.size
        written = as_webp(image)
        written.name = "billede.webp"
        return written


class AttachmentForm(ContentForm):
    def clean_file(self):
        upload = self.cleaned_data["file"]
        if isinstance(upload, UploadedFile):
            self.instance.kind, self.instance.size = kind_of(upload), upload.size
        return upload


@admin.register(Picture)
class PictureAdmin(ContentAdmin):
    form = PictureForm
    list_display = ["thumbnail", "__str__", "credit", "uploaded_at"]
    list_display_links = ["thumbnail", "__str__"]
    list_filter = ["is_decorative"]
    search_fields = ["alt", "alt_en", "caption", "credit"]
    readonly_fields = ["thumbnail"]
    help_texts = {
        "file": (
            "JPEG, PNG, WebP eller AVIF. Sted, kamera og andre skjulte oplysninger bliver fjernet. "
            "Vis kun mennesker, der har sagt ja til det."
        ),
        "alt": "Sig med en sætning, hvad billedet viser. Den læses op for den, der ikke kan se det.",
        "is_decorative": "Sæt kun flueben, hvis læseren intet går glip af uden billedet.",
        "decorative_reason": "Skal skrives, når billedet kun er pynt. Læseren ser det ikke.",
        "credit": "Navnet på den, der har taget eller tegnet billedet.",
        "focus_x": "Et tal fra 0 (helt til venstre) til 100 (helt til højre). Udsnittet på kort lægges her.",
        "focus_y": "Et tal fra 0 (øverst) til 100 (nederst).",
    }
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "file", "thumbnail", "alt", "is_decorative", "decorative_reason", "caption", "credit",
                ]
            },
        ),
        english("alt_en", "caption_en"),
        ("Udsnit", {"fields": ["focus_x", "focus_y"]}),
    ]  # fmt: skip

    def get_urls(self):
        return [self.route("vaelg/", require_POST(self.choose_view), "choose"), *super().get_urls()]

    def choose_view(self, request):
        """Pictures to put into a text, those last uploaded first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        words = self._typed(request, SearchForm).get("q", "")
        has_words = Q(alt__icontains=words) | Q(caption__icontains=words) | Q(credit__icontains=words)
        pictures = Picture.objects.filter(has_words, is_decorative=False)[:MOST_CHOSEN]
        return render(request, "admin/_pictures_found.html", {"pictures": pictures})

    @admin.display(description="udsnit")
    def thumbnail(self, picture):
        if not picture.pk:
            return "Udsnittet vises, når billedet er gemt."
        width, height = CARD[0] // 4, CARD[1] // 4
        return format_html(
            '<img src="{}" alt="{}" width="{}" height="{}" loading="lazy">',
            picture.card_address, picture.alt, width, height,
        )  # fmt: skip


@admin.register(Attachment)
class AttachmentAdmin(ContentAdmin):
    form = AttachmentForm
    list_display = ["title", "kind", "uploaded_at"]
    list_filter = ["kind"]
    search_fields = ["title", "title_en"]
    help_texts = {
        "file": "PDF, Word (docx), Excel (xlsx) eller CSV. Er teksten kort, så skriv den hellere på siden.",
        "title": "Sådan ser læseren filen på siden. Slags og størrelse bliver skrevet bagefter.",
        "is_accessible": (
            "Filen har overskrifter, sprog og billedtekster, og den kan læses op. "
            "Loven kræver det, så uden flueben kan filen ikke gemmes."
        ),
    }
    fieldsets = [(None, {"fields": ["title", "file", "is_accessible"]}), english("title_en")]
