from django.apps import AppConfig

from reflection.compasses import register


class CollaborationConfig(AppConfig):
    name = "collaboration"
    verbose_name = "Samarbejdskompasset"

    def ready(self):
        from collaboration.compass import SAMARBEJDSKOMPASSET  # models are there only now

        register(SAMARBEJDSKOMPASSET)
