from django.apps import AppConfig
from django.contrib.admin import apps as admin


class AarhuskompasConfig(AppConfig):
    name = "aarhuskompas"
    default = True


class AdminConfig(admin.AdminConfig):
    default_site = "aarhuskompas.admin.PortalAdmin"
    default = False
