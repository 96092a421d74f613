from django.apps import AppConfig, apps
from django.contrib.auth import get_user_model
from django.db.models.signals import post_delete, post_save


class ReflectionConfig(AppConfig):
    name = "reflection"
    verbose_name = "Kompasser"

    def ready(self):
        import reflection.content_types  # noqa: F401 – declares them, when all models are there
        from accounts.holdings import Holdings, register
        from compass.sitemaps import SITEMAPS
        from reflection.participation import end_streams, end_streams_of_login
        from reflection.privacy.handover import hand_over_address
        from reflection.privacy.own_data import owned_by
        from reflection.sitemaps import COMPASSES

        register(Holdings(owned_by, hand_over_address))
        SITEMAPS.update(COMPASSES)
        post_save.connect(end_streams, sender=get_user_model())
        post_delete.connect(end_streams_of_login, sender=apps.get_model("accounts", "LoginSession"))
