"""Only the doors the portal needs: no sign-up, and one address for each account."""

from allauth.account import views
from django.urls import path, re_path

from accounts import own_email
from accounts.allauth_views import with_status
from accounts.submitted_forms import repeatable

urlpatterns = [
    path("log-ind/", repeatable(with_status(views.login)), name="account_login"),
    path("log-ud/", views.logout, name="account_logout"),
    path("adgangskode/skift/", with_status(views.password_change), name="account_change_password"),
    path("adgangskode/saet/", views.password_set, name="account_set_password"),
    path("adgangskode/glemt/", with_status(views.password_reset), name="account_reset_password"),
    path("adgangskode/glemt/sendt/", views.password_reset_done, name="account_reset_password_done"),
    re_path(  # the key holds a hyphen itself, so the first part may not
        r"^adgangskode/ny/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[\w-]+)/$",
        with_status(views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "adgangskode/ny/faerdig/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("mail/", own_email.change, name="account_email"),
    path("mail/<token>/", own_email.confirm, name="account_confirm_new_email"),
    path("laast/", views.account_inactive, name="account_inactive"),
    path("ny/", views.signup, name="account_signup"),
]
