from django.apps import AppConfig
from django.core.checks import Tags, register


class PrivacyConfig(AppConfig):
    name = "privacy"
    verbose_name = "Databeskyttelse"

    def ready(self):
        from privacy import erasures
        from privacy.checks import check_notice, check_retention

        register(check_notice, Tags.security, deploy=True)
        register(check_retention, Tags.security, deploy=True)
        erasures.watch()
