from django.apps import AppConfig


class GoalsConfig(AppConfig):
    name = "goals"
    verbose_name = "Målkompasset"

    def ready(self):
        from goals.compass import listen  # models are there only now

        listen()
