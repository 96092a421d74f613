from django.apps import AppConfig

from reflection.compasses import register


class GoalsConfig(AppConfig):
    name = "goals"
    verbose_name = "Målkompasset"

    def ready(self):
        from goals.compass import MAALKOMPASSET  # models are there only now

        register(MAALKOMPASSET)
