from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import transaction

from publishing.admin.pending import appear
from publishing.models import PendingVersion
from publishing.publishable import Publishable


class Command(BaseCommand):
    help = (
        "Puts what waits beside a public text in its place when its moment has come, and what was to be "
        "public until now in the archive. Run it every minute or so."
    )

    def handle(self, **options):
        appeared = [pending for pending in PendingVersion.objects.due() if appear(pending)]
        models = [model for model in apps.get_models() if issubclass(model, Publishable)]
        ended = [
            item for model in models for item in model._base_manager.filter(published_until__isnull=False)
        ]
        put_away = [item for item in ended if item.has_begun and item.has_ended]
        for item in put_away:
            with transaction.atomic():
                item.archive()
        self.stdout.write(f"appeared: {len(appeared)}, put away: {len(put_away)}")
