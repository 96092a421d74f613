from django.apps import AppConfig


class ReflectionConfig(AppConfig):
    name = "reflection"
    verbose_name = "Kompasser"

    def ready(self):
        from reflection.search import register_kinds  # compass.search needs the settings first

        register_kinds()
