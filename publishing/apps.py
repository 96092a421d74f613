from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save, pre_save


class PublishingConfig(AppConfig):
    name = "publishing"
    verbose_name = "Redaktion"

    def ready(self):
        from publishing.admin.history import forget
        from publishing.models import Announcement, Portal
        from publishing.portal import current_portal
        from publishing.signals import gone
        from publishing.tidy_text import tidy_row

        pre_save.connect(tidy_row, dispatch_uid="tidy-texts")
        for signal in [post_delete, gone]:
            signal.connect(forget, dispatch_uid="forget-versions")
        for signal in [post_save, post_delete]:
            for model in [Portal, Announcement]:
                signal.connect(current_portal.forget, model, dispatch_uid=f"read-anew-{model.__name__}")
