from django.apps import AppConfig, apps
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.checks import Tags, register
from django.db.models.signals import m2m_changed, post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Brugere"

    def ready(self):
        from allauth.account.signals import password_changed, password_reset, password_set
        from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset

        from accounts import checks, events, sessions
        from accounts.allauth_views import note_who_it_is
        from accounts.roles import grant_permissions, let_in

        register(checks.check_ways_in, Tags.security, deploy=True)
        register(checks.check_second_factors, Tags.security, deploy=True)
        user_logged_in.connect(sessions.begin)
        user_logged_in.connect(note_who_it_is)
        password_reset.connect(note_who_it_is)
        user_logged_in.connect(events.logged_in)
        user_logged_in.connect(events.told)
        user_logged_out.connect(events.logged_out)
        user_logged_out.connect(sessions.end_row)
        user_login_failed.connect(events.login_failed)
        for new_password in [password_changed, password_reset, password_set]:
            new_password.connect(sessions.end_others)
            new_password.connect(events.new_password)
        for other_factor in [authenticator_added, authenticator_removed, authenticator_reset]:
            other_factor.connect(events.other_second_factor)
        m2m_changed.connect(let_in, sender=get_user_model().groups.through)
        # Permissions are made app by app; when auth has its turn, those of our own apps are there.
        post_migrate.connect(grant_permissions, sender=apps.get_app_config("auth"))
