from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.db.models.signals import post_delete, pre_save


class AarhuskompasConfig(AppConfig):
    name = "aarhuskompas"
    default = True

    def ready(self):
        from aarhuskompas.editing.history import forget
        from aarhuskompas.text import tidy_row

        pre_save.connect(tidy_row, dispatch_uid="tidy-texts")
        post_delete.connect(forget, dispatch_uid="forget-versions")


class AdminConfig(admin.AdminConfig):
    default_site = "aarhuskompas.admin.PortalAdmin"
    default = False
