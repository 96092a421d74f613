from django.apps import AppConfig


class CollaborationConfig(AppConfig):
    name = "collaboration"
    verbose_name = "Samarbejdskompasset"

    def ready(self):
        from collaboration.compass import listen  # models are there only now

        listen()
