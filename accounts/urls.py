"""Only the doors the portal needs: no sign-up, and one address for each account."""

from allauth.account import views
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path, re_path

from accounts import emergency, login_views, own_email
from accounts.allauth_views import with_status
from accounts.guards import fresh_login_required, password_pages, staff_required
from accounts.submitted_forms import repeatable

everybody = password_pages("on")
administrators = password_pages("on", "break-glass")


def set_up(view):
    """Pages about one's own second factor."""
    return staff_required(administrators(with_status(view)))


urlpatterns = [
    path("log-ind/", repeatable(with_status(login_views.login)), name="account_login"),
    path("log-ind/kommunen/", login_views.begin, name="account_sso"),
    path("log-ind/kommunen/tilbage/", login_views.callback, name="account_sso_callback"),
    path("log-ind/igen/", login_views.show_again, name="account_fresh"),
    path("log-ud/", login_views.logout, name="account_logout"),
    path("log-ud/fra-kommunen/", login_views.logout_from_provider, name="account_backchannel_logout"),
    path("logget-ind/", login_views.sessions, name="account_sessions"),
    path("logget-ind/<uuid:key>/log-ud/", login_views.end_session, name="account_end_session"),
    path("logget-ind/log-ud-andre/", login_views.end_other_sessions, name="account_end_other_sessions"),
    path("noedlogin/", repeatable(with_status(emergency.login)), name="account_emergency"),
    path("noedlogin/kode/", repeatable(with_status(second_factor.authenticate)), name="mfa_authenticate"),
    path("anden-faktor/", set_up(second_factor.index), name="mfa_index"),
    path("anden-faktor/app/", set_up(totp.activate_totp), name="mfa_activate_totp"),
    path("anden-faktor/app/fjern/", set_up(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("anden-faktor/noegler/", set_up(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("anden-faktor/noegler/ny/", set_up(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path(
        "anden-faktor/noegler/<int:pk>/fjern/", set_up(webauthn.remove_webauthn), name="mfa_remove_webauthn"
    ),
    path("anden-faktor/koder/", set_up(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "anden-faktor/koder/nye/",
        set_up(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "adgangskode/skift/",
        administrators(with_status(views.password_change)),
        name="account_change_password",
    ),
    path(
        "adgangskode/saet/",
        fresh_login_required(administrators(with_status(views.password_set))),
        name="account_set_password",
    ),
    path("adgangskode/glemt/", everybody(with_status(views.password_reset)), name="account_reset_password"),
    path(
        "adgangskode/glemt/sendt/", everybody(views.password_reset_done), name="account_reset_password_done"
    ),
    re_path(  # the key holds a hyphen itself, so the first part may not
        r"^adgangskode/ny/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[\w-]+)/$",
        everybody(with_status(views.password_reset_from_key)),
        name="account_reset_password_from_key",
    ),
    path(
        "adgangskode/ny/faerdig/",
        everybody(views.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("mail/", everybody(own_email.change), name="account_email"),
    path("mail/<token>/", everybody(own_email.confirm), name="account_confirm_new_email"),
    path("laast/", views.account_inactive, name="account_inactive"),
    path("ny/", views.signup, name="account_signup"),
]
