"""What can be found, the words in it, and whether anything has changed. The database writes all of it itself:
compass/sql/search.sql and content_marks.sql.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, HashIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value

from privacy.marks import NOT_PERSONAL, PUBLISHED


def _vector(*names: str, weight: str = "") -> Func:
    vector = Func(*names, function="search_vector", output_field=SearchVectorField())
    if not weight:
        return vector
    return Func(vector, Value(weight), function="setweight", output_field=SearchVectorField())


def _together(*vectors: Func) -> Func:
    return Func(*vectors, template="%(expressions)s", arg_joiner=" || ", output_field=SearchVectorField())


TITLE = _vector("title_language", "title", weight="A")
INTRO = _vector("intro_language", "intro", weight="B")
BODY = _vector("body_language", "body")


class SearchEntry(models.Model):
    """One row per thing and language. A text without a translation is there in Danish."""

    kind = models.TextField()
    owner_id = models.BigIntegerField()
    address = ArrayField(models.TextField())  # what the address of the page is made of
    language = models.TextField()
    published_at = models.DateTimeField(null=True)
    title = models.TextField()
    title_language = models.TextField()
    intro = models.TextField()
    intro_language = models.TextField()
    body = models.TextField()
    body_language = models.TextField()
    heading = models.GeneratedField(
        expression=_together(TITLE, INTRO), output_field=SearchVectorField(), db_persist=True
    )
    vector = models.GeneratedField(
        expression=_together(TITLE, INTRO, BODY), output_field=SearchVectorField(), db_persist=True
    )

    personal_data = PUBLISHED

    class Meta:
        db_table = "compass_search_entry"
        default_permissions = ()
        indexes = [
            HashIndex(fields=["owner_id"], name="compass_search_entry_owner"),
            # Stories are the only kind that becomes many, and are searched apart from the rest.
            models.Index(
                "language",
                F("published_at").desc(nulls_last=True),
                name="newest_stories_in_the_search",
                condition=Q(kind="story", language__in=["da", "en"]),
            ),
            GinIndex(fields=["heading"], name="headings_of_stories", condition=Q(kind="story")),
            GinIndex(fields=["vector"], name="vectors_of_stories", condition=Q(kind="story")),
            GinIndex(fields=["vector"], name="vectors_of_all_but_stories", condition=~Q(kind="story")),
        ]

    def __str__(self):
        return f"{self.kind} {self.owner_id} ({self.language})"


class SearchWord(models.Model):
    """Every word that was ever in an entry: parts of compounds and misspellings are looked up here."""

    pk = models.CompositePrimaryKey("language", "word")
    language = models.TextField()
    word = models.TextField()
    folded = models.TextField()
    lexeme = models.TextField()

    personal_data = NOT_PERSONAL

    class Meta:
        db_table = "compass_search_word"
        default_permissions = ()
        indexes = [
            models.Index(fields=["lexeme", "language"], name="words_by_lexeme"),
            GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="words_that_look_alike"),
        ]

    def __str__(self):
        return f"{self.word} ({self.language})"


class ContentMark(models.Model):
    """Another one after every change of what it stands for: «library» of all that readers see, «stories» of
    what stories are filtered by."""

    name = models.TextField(primary_key=True)
    mark = models.UUIDField()

    personal_data = NOT_PERSONAL

    class Meta:
        db_table = "compass_content_mark"
        default_permissions = ()

    def __str__(self):
        return self.name
