from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Brugere"

    def ready(self):
        from accounts.roles import grant_permissions

        post_migrate.connect(grant_permissions, sender=self)
