from django.db import models

from privacy.marks import NOT_PERSONAL


class ScheduledJob(models.Model):
    """When a job last ran (aarhuskompas/jobs.py), so that a new process knows what is due."""

    name = models.CharField("navn", max_length=60, unique=True)
    started_at = models.DateTimeField("begyndt", null=True)
    finished_at = models.DateTimeField("færdig", null=True)
    has_failed = models.BooleanField("gik galt", default=False)

    personal_data = NOT_PERSONAL

    class Meta:
        verbose_name = "planlagt kørsel"
        verbose_name_plural = "planlagte kørsler"
        default_permissions = ()

    def __str__(self):
        return self.name
