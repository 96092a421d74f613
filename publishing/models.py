"""What the admin keeps for editors: what is not saved yet, what waits beside the public text, what colleagues
say of it, and what was deleted."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.marks import PUBLISHED, PersonalData, Purpose, Whose
from privacy.models import AT_ONCE, Kept
from publishing.danish_order import danish_key
from publishing.portal import Announcement, Portal

__all__ = ["Announcement", "Binned", "Portal", "UnsavedWork"]

UNSAVED_KEPT, BINNED_KEPT = AT_ONCE[Kept.DRAFTS], AT_ONCE[Kept.BIN]
STILL_OPEN = timedelta(seconds=75)  # since a window was last heard of; it tells every half minute


class UnsavedWorkQuerySet(models.QuerySet):
    def of(self, user, model: type[models.Model], object_id: str):
        kind = ContentType.objects.get_for_model(model)
        return self.filter(user=user, content_type=kind, object_id=object_id)

    def waiting(self):
        """What was typed; a window that is only open has typed nothing."""
        return self.filter(is_done=False).exclude(fields={}).order_by("-saved_at")

    def colleagues(self, user, model: type[models.Model], object_id: str) -> list[str]:
        """Who else has the same form open now; nobody has one of something new."""
        kind = ContentType.objects.get_for_model(model)
        same = self.filter(content_type=kind, object_id=object_id).exclude(object_id="").exclude(user=user)
        found: Any = same.filter(open_at__gt=timezone.now() - STILL_OPEN).select_related("user")
        return sorted({str(work.user) for work in found}, key=danish_key)

    def past(self):
        return self.filter(saved_at__lt=timezone.now() - UNSAVED_KEPT)


class UnsavedWork(models.Model):
    """A form as it stood in one window when it was last heard of. Only its own editor sees it.

    A form that was saved leaves its row behind, emptied: what the window sent just before is then late,
    and not taken for newer than what was saved.
    """

    token = models.UUIDField("vindue", unique=True, default=uuid4)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.CharField("nøgle", max_length=40, blank=True, help_text="Tom for noget nyt.")
    fields = models.JSONField("felter", default=dict)
    saved_at = models.DateTimeField("hørt fra", auto_now=True)
    open_at = models.DateTimeField("åben", null=True)
    is_done = models.BooleanField("gemt eller kasseret", default=False)

    objects = UnsavedWorkQuerySet.as_manager()

    personal_data = PersonalData(
        Whose.STAFF,
        Purpose.EDITING,
        Kept.DRAFTS,
        person="user",
        called=_("Noget, du har skrevet i redaktionen og ikke gemt"),
        identity=("user",),
        words=("fields",),
        nothing=("object_id",),
    )

    class Meta:
        verbose_name = "noget, der ikke er gemt"
        verbose_name_plural = "noget, der ikke er gemt"
        default_permissions = ()
        indexes = [models.Index(fields=["user", "content_type", "object_id"], name="unsaved_work_of_one")]

    def __str__(self):
        return f"{self.content_type} {self.object_id}".strip()

    def finish(self):
        self.fields, self.is_done, self.open_at = {}, True, None
        self.save()


class AboutQuerySet(models.QuerySet):
    def of(self, item: models.Model):
        return self.filter(content_type=ContentType.objects.get_for_model(item), object_id=str(item.pk))


class PendingVersionQuerySet(AboutQuerySet):
    def due(self):
        return self.filter(takes_place_at__lte=timezone.now())


class PendingVersion(models.Model):
    """What a public text will be: it takes the public one's place, whole, and until then no reader sees it.

    `texts` and `opened` are snapshots (publishing/admin/snapshots.py): as it will be, and as the public one
    was when it was begun, so that what others have changed there meanwhile is not undone.
    """

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.CharField("nøgle", max_length=40)
    item = GenericForeignKey()
    texts = models.JSONField("tekster", encoder=DjangoJSONEncoder)
    opened = models.JSONField("tekster, da den blev begyndt", encoder=DjangoJSONEncoder)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    saved_at = models.DateTimeField("gemt", auto_now=True)
    submitted_at = models.DateTimeField("sendt til gennemsyn", null=True)
    takes_place_at = models.DateTimeField("tager pladsen", null=True)

    objects = PendingVersionQuerySet.as_manager()

    personal_data = PersonalData(
        Whose.STAFF,
        Purpose.EDITING,
        person="by",
        called=_("Udgaver, du har i gang i redaktionen"),
        identity=("by",),
        words=("texts", "opened"),
        nothing=("object_id",),
    )

    class Meta:
        verbose_name = "kladde ved siden af"
        verbose_name_plural = "kladder ved siden af"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id"], name="one_pending_version_of_each_text"
            )
        ]

    def __str__(self):
        return f"{self.content_type} {self.object_id}"


class RemarkQuerySet(AboutQuerySet):
    def open(self):
        return self.filter(closed_at=None)


class Remark(models.Model):
    """What a colleague says of a text, or of one field of it, until somebody closes it."""

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.CharField("nøgle", max_length=40)
    item = GenericForeignKey()
    field = models.CharField("felt", max_length=60, blank=True, help_text="Tomt for hele teksten.")
    text = models.TextField("bemærkning", max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="remarks")
    answers = models.ForeignKey("self", models.CASCADE, null=True, related_name="replies")
    made_at = models.DateTimeField("skrevet", auto_now_add=True)
    closed_at = models.DateTimeField("lukket", null=True)

    objects = RemarkQuerySet.as_manager()

    personal_data = PersonalData(
        Whose.STAFF,
        Purpose.EDITING,
        person="by",
        called=_("Bemærkninger, du har skrevet i redaktionen"),
        identity=("by", "to"),
        words=("text",),
        nothing=("object_id", "field"),
    )

    class Meta:
        verbose_name = "bemærkning"
        verbose_name_plural = "bemærkninger"
        default_permissions = ()
        ordering = ["pk"]
        indexes = [models.Index(fields=["content_type", "object_id"], name="remarks_by_what_they_are_of")]

    def __str__(self):
        return self.text[:80]


class BinnedQuerySet(AboutQuerySet):
    def past(self):
        return self.filter(deleted_at__lt=timezone.now() - BINNED_KEPT)


class Binned(models.Model):
    """Something an editor has deleted, whole: the row, and every row that went with it."""

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.CharField("nøgle", max_length=40)
    title = models.CharField("titel", max_length=200)
    rows = models.TextField("rækker")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    deleted_at = models.DateTimeField("slettet", auto_now_add=True)

    objects = BinnedQuerySet.as_manager()

    personal_data = PersonalData(
        Whose.STAFF,
        Purpose.EDITING,
        Kept.BIN,
        person="by",
        called=_("Noget, du har slettet i redaktionen"),
        identity=("by",),
        words=("title", "rows"),
        nothing=("object_id",),
    )

    class Meta:
        verbose_name = "noget i papirkurven"
        verbose_name_plural = "papirkurven"
        default_permissions = ()
        ordering = ["-deleted_at"]
        indexes = [models.Index(fields=["content_type", "object_id"], name="binned_by_what_it_was")]

    def __str__(self):
        return self.title

    @property
    def goes_on(self):
        return self.deleted_at + BINNED_KEPT


class StoredFile(models.Model):
    """An upload that lies in the database (publishing.media.DatabaseStorage), in pieces of one size."""

    name = models.CharField("navn", max_length=250, unique=True)
    size = models.PositiveBigIntegerField("størrelse", default=0)
    modified_at = models.DateTimeField("ændret", auto_now_add=True)

    personal_data = PUBLISHED

    class Meta:
        verbose_name = "fil i databasen"
        verbose_name_plural = "filer i databasen"
        default_permissions = ()

    def __str__(self):
        return self.name


class StoredPiece(models.Model):
    file = models.ForeignKey(StoredFile, models.CASCADE, related_name="pieces", verbose_name="fil")
    number = models.PositiveIntegerField("nummer")
    content = models.BinaryField("indhold")

    personal_data = PUBLISHED

    class Meta:
        verbose_name = "stykke af en fil"
        verbose_name_plural = "stykker af filer"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="pieces_of_a_file_have_an_order")
        ]

    def __str__(self):
        return f"{self.file} {self.number}"
