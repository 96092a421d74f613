from uuid import uuid4

from django.db import models
from django.db.models.functions import Now


class Erasure(models.Model):
    """Something was erased (privacy/erasures.py). A backup from before does not know it."""

    key = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    at = models.DateTimeField("hvornår", db_default=Now())

    class Meta:
        verbose_name = "sletning"
        verbose_name_plural = "sletninger"
        default_permissions = ()

    def __str__(self):
        return f"sletning {self.key}"
