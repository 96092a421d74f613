"""Pictures and files that editors upload, beside the stories they belong to."""

from pathlib import Path as FilePath
from secrets import token_hex

from django.contrib.postgres.fields import ArrayField
from django.core.files.storage import default_storage
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.db.models.signals import post_delete
from django.urls import reverse
from PIL import Image, ImageOps

from compass.uploads import as_webp
from publishing.bin import is_binned
from publishing.danish_order import danish_order
from publishing.media import StorageFullError
from publishing.signals import gone
from publishing.slugs import slug_of
from publishing.translated import Translated

WIDTHS = [480, 960, 1600]
WIDEST = WIDTHS[-1]
CARD = (640, 360)
MIDDLE = 50


def tags() -> ArrayField:
    """Words that editors find it by; readers never see them."""
    word = models.CharField(max_length=40)
    return ArrayField(word, verbose_name="emneord", size=12, blank=True, default=list, db_default=[])


def picture_path(picture, name) -> str:
    """A name nobody chose and nobody guesses: one picture, one name, for good."""
    return f"billeder/{token_hex(8)}.webp"


def attachment_path(attachment, name) -> str:
    readable = slug_of(FilePath(name).stem, 60) or "fil"
    return f"filer/{readable}-{token_hex(4)}.{attachment.kind}"


class Picture(Translated, models.Model):
    """A picture, and what it tells whoever cannot see it. `file` is read by compass.uploads first."""

    file = models.FileField("billedfil", upload_to=picture_path)
    alt = models.CharField("hvad billedet viser", max_length=250, blank=True)
    alt_en = models.CharField("hvad billedet viser, engelsk", max_length=250, blank=True)
    is_decorative = models.BooleanField("billedet er kun pynt", default=False)
    decorative_reason = models.CharField("hvorfor er det kun pynt", max_length=200, blank=True)
    caption = models.CharField("billedtekst", max_length=300, blank=True)
    caption_en = models.CharField("billedtekst, engelsk", max_length=300, blank=True)
    credit = models.CharField("foto eller tegning", max_length=120)
    focus_x = models.PositiveSmallIntegerField(
        "det vigtigste: fra venstre", default=MIDDLE, validators=[MaxValueValidator(100)]
    )
    focus_y = models.PositiveSmallIntegerField(
        "det vigtigste: fra toppen", default=MIDDLE, validators=[MaxValueValidator(100)]
    )
    tags = tags()
    width = models.PositiveIntegerField("bredde", editable=False)
    height = models.PositiveIntegerField("højde", editable=False)
    uploaded_at = models.DateTimeField("lagt op", auto_now_add=True)

    class Meta:
        verbose_name = "billede"
        verbose_name_plural = "billeder"
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(is_decorative=False) & ~Q(alt=""))
                | (Q(is_decorative=True) & Q(alt="") & ~Q(decorative_reason="")),
                name="pictures_say_what_they_show",
                violation_error_message=(
                    "Skriv, hvad billedet viser. Er det kun pynt, så sæt flueben, skriv hvorfor, "
                    "og lad teksten om, hvad det viser, være tom."
                ),
            )
        ]

    def __str__(self):
        return self.alt or f"Pynt: {self.decorative_reason}"

    def save(self, *args, **kwargs):
        """Keep the picture in the sizes that pages ask for."""
        is_new = not self.file._committed
        if is_new:
            with Image.open(self.file) as image:
                self.width, self.height = image.size
            self.file.seek(0)
        super().save(*args, **kwargs)
        try:
            self._make_sizes()
        except StorageFullError:
            if is_new:
                _delete_files(self)
            raise

    def _make_sizes(self):
        wanted = {name: None for name in self.names if not default_storage.exists(name)}
        if not wanted:
            return
        with default_storage.open(self.file.name) as stored, Image.open(stored) as image:
            for width in self.widths:
                self._keep(wanted, self._sized(width), image, (width, self._height_at(width)))
            self._keep(wanted, self.card, image, CARD)

    def _keep(self, wanted, name: str, image: Image.Image, size: tuple[int, int]):
        if name in wanted:
            centre = (self.focus_x / 100, self.focus_y / 100)
            default_storage.save(name, as_webp(ImageOps.fit(image, size, centering=centre)))

    @property
    def stem(self) -> str:
        return self.file.name.removesuffix(".webp")

    @property
    def widths(self) -> list[int]:
        """The widths there are: never wider than the picture was."""
        return [width for width in WIDTHS if width < self.width] or [self.width]

    @property
    def names(self) -> list[str]:
        """Everything made of the file."""
        return [*map(self._sized, self.widths), self.card]

    @property
    def card(self) -> str:
        """The part around what matters most, in the shape of a card."""
        return f"{self.stem}-kort-{self.focus_x}-{self.focus_y}.webp"

    def _sized(self, width: int) -> str:
        return f"{self.stem}-{width}.webp"

    def _height_at(self, width: int) -> int:
        return max(1, round(self.height * width / self.width))

    @property
    def shown_size(self) -> tuple[int, int]:
        """Width and height of the largest one a page shows, so that nothing jumps while it loads."""
        return self.widths[-1], self._height_at(self.widths[-1])

    @property
    def address(self) -> str:
        return _address(self._sized(self.widths[-1]))

    @property
    def srcset(self) -> str:
        return ", ".join(f"{_address(self._sized(width))} {width}w" for width in self.widths)

    @property
    def card_address(self) -> str:
        return _address(self.card)


def _address(name: str) -> str:
    return reverse("compass:picture", args=[name.removeprefix("billeder/")])


class Attachment(Translated, models.Model):
    """A file for readers; `kind` is what its bytes say (compass.uploads.kind_of)."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        DOCX = "docx", "Word"
        XLSX = "xlsx", "Excel"
        CSV = "csv", "CSV"

    title = models.CharField("titel", max_length=160)
    title_en = models.CharField("titel, engelsk", max_length=160, blank=True)
    file = models.FileField("fil", upload_to=attachment_path)
    tags = tags()
    kind = models.CharField("slags", max_length=4, choices=Kind.choices, editable=False)
    size = models.PositiveIntegerField("størrelse", editable=False)
    is_accessible = models.BooleanField("jeg har kontrolleret, at filen er tilgængelig", default=False)
    uploaded_at = models.DateTimeField("lagt op", auto_now_add=True)

    class Meta:
        verbose_name = "fil"
        verbose_name_plural = "filer"
        ordering = [danish_order("title")]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_accessible=True),
                name="files_are_accessible",
                violation_error_message="Kontrollér, at filen er tilgængelig, og sæt flueben.",
            )
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("compass:attachment", args=[self.file.name.removeprefix("filer/")])

    @property
    def address(self) -> str:
        """Another file has another one, and the old one leads to it."""
        return self.get_absolute_url()


def _remove_files(sender, instance, **kwargs):
    """Who has a picture removed wants it gone; after the commit, for a row that stays keeps its file."""
    if not is_binned(instance):
        transaction.on_commit(lambda: _delete_files(instance))


def _delete_files(instance):
    for name in [instance.file.name, *getattr(instance, "names", [])]:
        default_storage.delete(name)


for model in [Picture, Attachment]:
    for signal in [post_delete, gone]:
        name = f"remove-files-{model.__name__}"
        signal.connect(_remove_files, sender=model, dispatch_uid=name)
