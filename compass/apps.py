from django.apps import AppConfig


class CompassConfig(AppConfig):
    name = "compass"
    verbose_name = "Forståelsesrammen"

    def ready(self):
        import compass.content_types  # noqa: F401 – declares them, when all models are there
