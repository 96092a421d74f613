from django.apps import AppConfig

from reflection.compasses import register


class GoalsConfig(AppConfig):
    name = "goals"
    verbose_name = "Målkompasset"

    def ready(self):
        import goals.content_types  # noqa: F401 – declares them, when all models are there
        from goals.compass import MAALKOMPASSET

        register(MAALKOMPASSET)
