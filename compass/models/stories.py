from django.db import models
from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from compass.models.dilemmas import Dilemma
from compass.models.drawings import Drawn
from compass.models.framework import Path
from compass.models.pictures import Attachment, Picture
from compass.models.sources import Provenance, Source
from compass.models.taxonomy import Department, Theme
from publishing.fields import MarkdownField
from publishing.publishable import Publishable, PublishedQuerySet

WORDS_A_MINUTE = 200

CARDS = """
SELECT id, slug, kind, path_id, title, title_en, standfirst, standfirst_en, body, body_en, year, outcome,
    picture_id, drawing, published_at, published_until, updated_at
FROM compass_story
WHERE id = ANY (%s)
"""
WITH_IDS = """
SELECT story.*, {more},
    ARRAY(SELECT theme_id FROM compass_story_themes WHERE story_id = story.id) AS theme_ids,
    ARRAY(SELECT dilemma_id FROM compass_story_dilemmas WHERE story_id = story.id) AS dilemma_ids,
    ARRAY(SELECT source_id FROM compass_story_sources WHERE story_id = story.id) AS source_ids,
    ARRAY(SELECT attachment_id FROM compass_story_attachments WHERE story_id = story.id) AS attachment_ids
FROM compass_story AS story
WHERE slug = %s
"""


class StoryQuerySet(PublishedQuerySet):
    def in_order(self, ids: list[int]) -> list["Story"]:
        """The stories with these ids, in the order of the ids; those not in the queryset are left out."""
        found = self.in_bulk(ids)
        return [found[pk] for pk in ids if pk in found]

    def cards(self, ids: list[int], user) -> list["Story"]:
        """What lists show of the stories that the user may see, in the order of the ids; not their paths."""
        found = {story.pk: story for story in self.raw(CARDS, [ids]) if story.is_visible_to(user)}
        prefetch_related_objects([story for story in found.values() if story.picture_id], "picture")
        return [found[pk] for pk in ids if pk in found]

    def with_ids(self, slug: str, **more: str) -> "Story":
        """The story with the ids of what belongs to it, and `more` as SQL says it, in one query.

        Raises Story.DoesNotExist.
        """
        asked = WITH_IDS.format(more=", ".join(f"{sql} AS {name}" for name, sql in more.items()))
        for story in self.raw(asked, [slug]):
            return story
        raise self.model.DoesNotExist


class Story(Drawn, Provenance, Publishable):
    """Something that was tried, a role, a thought or a tool – also when it did not go well."""

    class Kind(models.TextChoices):
        ARTICLE = "article", _("Artikel")
        CASE = "case", _("Case")
        PORTRAIT = "portrait", _("Portræt")
        TOOL = "tool", _("Værktøj")

    class Outcome(models.TextChoices):
        WORKED = "worked", _("Det gik godt")
        MIXED = "mixed", _("Det gik både godt og skidt")
        DID_NOT_WORK = "did-not-work", _("Det gik ikke")
        OPEN = "open", _("Det ved vi ikke endnu")

    key = models.CharField("nøgle", max_length=20, unique=True)
    slug = models.SlugField("adresse", max_length=120, unique=True)
    kind = models.CharField("slags", max_length=20, choices=Kind.choices)
    path = models.ForeignKey(Path, models.PROTECT, related_name="stories", verbose_name="vej")
    title = models.CharField("titel", max_length=160)
    title_en = models.CharField("titel, engelsk", max_length=160, blank=True)
    standfirst = models.TextField("indledning")
    standfirst_en = models.TextField("indledning, engelsk", blank=True)
    body = MarkdownField("tekst", help_text="Skrives i Markdown.")
    body_en = MarkdownField("tekst, engelsk", blank=True)
    talk = MarkdownField("snak om", blank=True)
    talk_en = MarkdownField("snak om, engelsk", blank=True)
    themes = models.ManyToManyField(Theme, blank=True, related_name="stories", verbose_name="temaer")
    department = models.ForeignKey(
        Department, models.SET_NULL, null=True, blank=True, related_name="stories", verbose_name="forvaltning"
    )
    year = models.PositiveSmallIntegerField("år", null=True, blank=True)
    outcome = models.CharField("hvordan gik det", max_length=20, choices=Outcome.choices, blank=True)
    facts_as_of = models.CharField("oplysningerne er fra", max_length=80, blank=True)
    facts_as_of_en = models.CharField("oplysningerne er fra, engelsk", max_length=80, blank=True)
    dilemmas = models.ManyToManyField(Dilemma, blank=True, related_name="stories", verbose_name="dilemmaer")
    sources = models.ManyToManyField(Source, blank=True, related_name="stories", verbose_name="kilder")

    picture = models.ForeignKey(
        Picture, models.PROTECT, null=True, blank=True, related_name="stories", verbose_name="billede"
    )
    attachments = models.ManyToManyField(Attachment, blank=True, related_name="stories", verbose_name="filer")

    objects = StoryQuerySet.as_manager()

    class Meta:
        verbose_name = "historie"
        verbose_name_plural = "historier"
        ordering = ["path__position", "key"]
        indexes = [models.Index(fields=["-updated_at", "-id"], name="stories_by_change")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("compass:story", args=[self.slug])

    @property
    def face(self) -> str:
        """Its drawing, or that of its path."""
        return self.drawing or self.path.drawing

    @property
    def reading_minutes(self) -> int:
        return max(1, round(len(self.local.body.split()) / WORDS_A_MINUTE))
