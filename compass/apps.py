from django.apps import AppConfig


class CompassConfig(AppConfig):
    name = "compass"
    verbose_name = "Forståelsesrammen"
