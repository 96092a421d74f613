from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save


class CompassConfig(AppConfig):
    name = "compass"
    verbose_name = "Forståelsesrammen"

    def ready(self):
        import compass.content_types  # noqa: F401 – declares them, when all models are there
        from compass.models import Path
        from compass.rose import positions

        for signal in [post_save, post_delete]:
            signal.connect(positions.forget, Path, dispatch_uid="positions-of-paths")
