"""What editors may upload: known by its bytes and never by its name, within limits, and made harmless.

pictures  read_picture(upload) → an image that has been decoded and turned upright, nothing else kept
files     kind_of(upload)      → "pdf", "docx", "xlsx" or "csv"
sound     sound_of(upload)     → the ending it should have, and its length in seconds

All raise ValidationError with a sentence for the editor.
"""

import warnings
import zipfile
from io import BytesIO

import filetype
import mutagen
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.template.defaultfilters import filesizeformat
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/avif": "AVIF"}
HEAD = 8_192
QUALITY = 82
LARGEST = 3_200  # on a side: twice the widest that a page shows
WHOLE_OR_PART = {"JPEG", "MPO"}  # what can be decoded at a fraction of its size; MPO is a phone's JPEG
SRGB = ImageCms.createProfile("sRGB")
OFFICE = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
SOUNDS = {MP3: "mp3", MP4: "m4a", OggVorbis: "ogg", OggOpus: "opus", WAVE: "wav"}
MACROS = "vbaproject.bin"

NO_PICTURE = "Filen er ikke et billede, som portalen kan vise. Vælg en fil i JPEG, PNG, WebP eller AVIF."
BROKEN = "Billedet kan ikke læses. Det er måske gået i stykker undervejs. Gem det igen, og prøv på ny."
MOVING = "Billedet bevæger sig. Portalen viser kun billeder, der står stille. Gem det som JPEG eller PNG."
NO_FILE = "Filen er hverken PDF, Word (docx), Excel (xlsx) eller CSV. Gem den som en af dem, og prøv igen."
WITH_MACROS = "Filen har makroer. Gem den uden makroer, og prøv igen."
NO_SOUND = (
    "Filen er ikke lyd, som portalen kan afspille. Gem den som MP3, M4A, Ogg, Opus eller WAV, og prøv igen."
)
EMPTY = "Filen er tom. Vælg en fil med indhold."


def _check_size(upload: File, most: int):
    if not upload.size:
        raise ValidationError(EMPTY)
    if upload.size > most:
        fills, limit = filesizeformat(upload.size), filesizeformat(most)
        raise ValidationError(f"Filen fylder {fills}. Den må højst fylde {limit}. Gem den mindre.")


def _head(upload: File) -> bytes:
    upload.seek(0)
    head = upload.read(HEAD)
    upload.seek(0)
    return head


# --- Pictures --------------------------------------------------------------------------------------


def read_picture(upload: File) -> Image.Image:
    """The picture's own dots: place, camera, thumbnails and whatever else lay in the file stay behind."""
    _check_size(upload, settings.PICTURE_MAX_BYTES)
    if filetype.guess_mime(_head(upload)) not in PICTURES:
        raise ValidationError(NO_PICTURE)
    try:
        return _decoded(upload)
    except UnidentifiedImageError as error:
        raise ValidationError(NO_PICTURE) from error
    except Image.DecompressionBombError as error:
        raise ValidationError(_too_many_dots()) from error
    except ValidationError:
        raise
    except Exception as error:  # each format has a decoder of its own, and each its own errors
        raise ValidationError(BROKEN) from error


def _decoded(upload: File) -> Image.Image:
    formats = list(PICTURES.values())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is the lower one
        with Image.open(upload, formats=formats) as image:
            _check_dots(image)
            image.verify()
        upload.seek(0)
        with Image.open(upload, formats=formats) as image:
            image.thumbnail((LARGEST, LARGEST))  # a JPEG is not even decoded larger than that
            return _in_plain_colours(ImageOps.exif_transpose(image))


def _check_dots(image: Image.Image):
    """Before a single dot is decoded: a small file may unpack to more than the server has room for."""
    if image.width * image.height > _most_dots(image.format):
        raise ValidationError(_too_many_dots(image.format))
    if image.format not in WHOLE_OR_PART and getattr(image, "n_frames", 1) > 1:
        raise ValidationError(MOVING)


def _most_dots(kind: str | None) -> int:
    return settings.PICTURE_MAX_PIXELS // (1 if kind in WHOLE_OR_PART else 2)


def _too_many_dots(kind: str | None = None) -> str:
    most = _most_dots(kind) // 1_000_000
    return (
        f"Billedet har for mange punkter. Det må højst have {most} millioner. Gør det mindre, og prøv igen."
    )


def _in_plain_colours(image: Image.Image) -> Image.Image:
    """In sRGB, which is what a picture without a profile is taken for: a phone's Display P3 would fade."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    profile = image.info.get("icc_profile")
    if image.mode in {"P", "PA", "LA"} or mode == "RGBA":
        image = image.convert(mode)
    if profile:
        try:
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            return ImageCms.profileToProfile(image, own, SRGB, outputMode=mode)
        except (
            ImageCms.PyCMSError,
            OSError,
            ValueError,
        ):  # not the profile of such a picture: without it, then
            pass
    return image.convert(mode)


def as_webp(image: Image.Image) -> ContentFile:
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    written = BytesIO()
    bare.save(written, "WEBP", quality=QUALITY, method=4)
    return ContentFile(written.getvalue())


# --- Files -----------------------------------------------------------------------------------------


def kind_of(upload: File) -> str:
    _check_size(upload, settings.ATTACHMENT_MAX_BYTES)
    head = _head(upload)
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"PK"):
        return _office_kind(upload)
    if _is_csv(upload):
        return "csv"
    raise ValidationError(NO_FILE)


def _office_kind(upload: File) -> str:
    try:
        with zipfile.ZipFile(upload) as parts:
            names = set(parts.namelist())
    except Exception as error:  # whatever a reader of zip stumbles on
        raise ValidationError(NO_FILE) from error
    finally:
        upload.seek(0)
    if any(name.lower().endswith(MACROS) for name in names):
        raise ValidationError(WITH_MACROS)
    kind = next((kind for part, kind in OFFICE.items() if part in names), None)
    if kind is None or "[Content_Types].xml" not in names:
        raise ValidationError(NO_FILE)
    return kind


def _is_csv(upload: File) -> bool:
    """Text in UTF-8 whose first line has columns; a page of HTML or a script is text too, and is not."""
    try:
        text = upload.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    finally:
        upload.seek(0)
    first = text.partition("\n")[0]
    is_markup = text.lstrip().startswith(("<", "#!"))
    return "\0" not in text and not is_markup and any(mark in first for mark in ";,\t")


# --- Sound -----------------------------------------------------------------------------------------


def sound_of(upload: File) -> tuple[str, int]:
    _check_size(upload, settings.SOUND_MAX_BYTES)
    if (filetype.guess_mime(_head(upload)) or "").startswith("image/"):
        raise ValidationError(NO_SOUND)
    try:
        sound = mutagen.File(_WithoutName(upload), options=list(SOUNDS))
    except Exception as error:  # each format has a reader of its own, and each its own errors
        raise ValidationError(NO_SOUND) from error
    finally:
        upload.seek(0)
    # What is «sketchy» looked like MP3 in a few places, as bytes of anything may.
    if sound is None or getattr(sound.info, "sketchy", False) or not sound.info.length:
        raise ValidationError(NO_SOUND)
    return SOUNDS[type(sound)], max(1, round(sound.info.length))


class _WithoutName:
    """The name says «.mp3» of anything; without it the bytes decide."""

    def __init__(self, upload: File):
        self.read, self.seek, self.tell = upload.read, upload.seek, upload.tell
