from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.urls import reverse


class Article(models.Model):
    slug = models.SlugField(unique=True)
    kind = models.CharField(max_length=20)
    title = models.TextField()
    standfirst = models.TextField()
    body = models.TextField()
    talk = models.TextField()
    year = models.IntegerField(null=True)
    outcome = models.CharField(max_length=20)
    published_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    path_slug = models.SlugField()
    path_title = models.TextField()
    verb = models.TextField()
    position = models.IntegerField()
    department_slug = models.SlugField()
    department = models.TextField()
    search = SearchVectorField()

    class Meta:
        managed = False
        db_table = "twin_article"
        ordering = ["-published_at", "-id"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("story", args=[self.slug])

    @property
    def minutes(self) -> int:
        return max(1, round(len(self.body.split()) / 200))
