from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.core.checks import Tags, register


class AarhuskompasConfig(AppConfig):
    name = "aarhuskompas"
    default = True

    def ready(self):
        from aarhuskompas.checks import check_statement
        from aarhuskompas.personal_data import mark_libraries

        register(check_statement, Tags.security, deploy=True)
        mark_libraries()


class AdminConfig(admin.AdminConfig):
    default_site = "aarhuskompas.admin.PortalAdmin"
    default = False
