from django.db import models

from privacy.marks import NOT_PERSONAL


class LoadedContentQuerySet(models.QuerySet):
    def rows(self, model: type[models.Model], file: str, keys: list[str]) -> list[models.Model]:
        """What these keys became, in their order and without what was deleted; raises for an unknown key."""
        noted = dict(self.filter(file=file, key__in=keys).values_list("key", "object_id"))
        if unknown := sorted(set(keys) - noted.keys()):
            raise self.model.DoesNotExist(f"{file} has no {', '.join(unknown)}")
        found = model._default_manager.in_bulk([noted[key] for key in keys if noted[key]])
        return [found[noted[key]] for key in keys if noted[key] in found]


class LoadedContent(models.Model):
    """What content/ has ever brought into this portal: each entry comes once (docs/content.md).

    Since then the row may have got another name or key, or be gone. That is the editors' to decide.
    """

    file = models.CharField("fil", max_length=40)
    key = models.CharField("nøgle i filen", max_length=200)
    object_id = models.BigIntegerField("rækken, den blev til", null=True)
    loaded_at = models.DateTimeField("indlæst", auto_now_add=True)

    objects = LoadedContentQuerySet.as_manager()

    personal_data = NOT_PERSONAL

    class Meta:
        verbose_name = "indlæst indhold"
        verbose_name_plural = "indlæst indhold"
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["file", "key"], name="content_is_loaded_once")]

    def __str__(self):
        return f"{self.file}: {self.key}"
