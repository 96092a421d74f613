"""The ways in and out: by the municipality's login, and by a password where there are any."""

import time
from urllib.parse import urlencode, urlsplit

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.internal import flows
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from csp.constants import HEADER as POLICY
from csp.utils import build_policy
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.sessions.backends.signed_cookies import SessionStore as InCookie
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from accounts.adapter import refused
from accounts.guards import staff_required
from accounts.models import LoginSession
from accounts.own_email import checked_password
from accounts.provider import NAME, ProviderAdapter
from accounts.second_factor import CodeForm
from accounts.security_log import note
from accounts.sessions import ID_TOKEN, SHOWN_AT, login_of
from accounts.submitted_forms import repeatable
from privacy.events import record
from privacy.models import What
from publishing.shortcuts import form_methods

STATE_LASTS = 10 * 60


def origin_of_provider() -> str:
    parts = urlsplit(settings.OIDC_SERVER_URL)
    return f"{parts.scheme}://{parts.netloc}"


def leads_to_provider(view):
    """Browsers apply form-action to where a form is led on to, so this page alone may lead there."""

    def answered(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        if settings.HAS_SINGLE_SIGN_ON:
            response.headers[POLICY] = build_policy(update={"form-action": [origin_of_provider()]})
        return response

    return answered


@leads_to_provider
def login(request):
    """With a password where everybody has one; else only the way to the municipality's login."""
    if settings.LOCAL_LOGIN == "on":
        return allauth_views.login(request)
    if request.user.is_authenticated:
        return redirect(get_account_adapter().get_login_redirect_url(request))
    if request.method == "POST":
        raise Http404
    return render(request, "account/login.html")


# --- The municipality's login -----------------------------------------------------------------------------


class StateInCookie:
    """What must be the same when the browser comes back lies in its own cookie, signed, for ten minutes.

    In the session it would be a row in the database for each stranger who asks.
    """

    def __init__(self, request):
        self.request, self.own = request, request.session
        request.session = self.kept = InCookie(request.COOKIES.get(settings.SSO_COOKIE_NAME))

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.kept, self.request.session = self.request.session, self.own

    def send(self, response):
        self.kept.save()
        response.set_cookie(
            settings.SSO_COOKIE_NAME, self.kept.session_key,
            max_age=STATE_LASTS, httponly=True, samesite="Lax", secure=settings.IS_HTTPS,
        )  # fmt: skip


@repeatable
@require_POST
@leads_to_provider
def begin(request):
    """Off to the provider; what its answer must fit is remembered until then."""
    if not settings.HAS_SINGLE_SIGN_ON:
        raise Http404
    try:
        with StateInCookie(request) as state:
            response = get_adapter(request).get_provider(request, NAME).redirect_from_request(request)
    except (OAuth2Error, RequestException) as error:
        note("the provider cannot be used", error=type(error).__name__)
        return refused(request, "unreachable")
    state.send(response)
    return response


class CallbackView(OAuth2CallbackView):
    def _get_state(self, request, provider):
        with StateInCookie(request) as self.kept:
            return super()._get_state(request, provider)


@require_safe
def callback(request):
    """Back from the provider, with a code that is good once."""
    if not settings.HAS_SINGLE_SIGN_ON:
        raise Http404
    view = CallbackView()
    view.request, view.adapter = request, ProviderAdapter(request, NAME)
    response = view.dispatch(request)
    view.kept.send(response)
    return response


# --- Once more --------------------------------------------------------------------------------------------


class ShowAgainForm(forms.Form):
    """The password, and the code where there is one: as at the login."""

    password = forms.CharField(
        label=_("Din adgangskode"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Skriv din adgangskode.")},
    )
    code = forms.CharField(
        label=_("Koden fra din app"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": _("Skriv koden fra din app, eller en af dine engangskoder.")},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        if not user.authenticator_set.filter(type=Authenticator.Type.TOTP).exists():
            del self.fields["code"]

    def clean_password(self) -> str:
        return checked_password(self.user, self.cleaned_data["password"])

    def clean(self) -> dict:
        """A code is good once, so it is looked at last."""
        cleaned = super().clean()
        if not self.errors and "code" in self.fields:
            code = CodeForm({"code": cleaned["code"]}, user=self.user)
            for error in code.errors.get("code", []):
                self.add_error("code", error)
        return cleaned


@repeatable
@form_methods
@staff_required
@leads_to_provider
def show_again(request):
    """Before what is hard to undo. By the provider where one came by it, else by the password."""
    target = get_next_redirect_url(request) or get_account_adapter().get_login_redirect_url(request)
    context = {"next": target, "by_provider": ID_TOKEN in request.session}
    if context["by_provider"]:
        return render(request, "account/show_again.html", context)
    form = ShowAgainForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        request.session[SHOWN_AT] = time.time()
        request.session.cycle_key()
        return redirect(target)
    status = 429 if form.has_error("password", "too_many") else 422 if form.errors else 200
    return render(request, "account/show_again.html", {**context, "form": form}, status=status)


# --- Where one is logged in -------------------------------------------------------------------------------


@require_safe
@staff_required
def sessions(request):
    context = {"logins": request.user.login_sessions.standing(), "here": login_of(request.session)}
    return render(request, "account/sessions.html", context)


@require_POST
@staff_required
def end_session(request, key):
    """One login of one's own, in whatever browser it is."""
    login = get_object_or_404(request.user.login_sessions, key=key)
    login.delete()
    record(What.SESSIONS_ENDED, who=request.user, about=request.user)
    messages.success(request, _("Du er logget ud der."))
    return redirect("account_sessions")


@require_POST
@staff_required
def end_other_sessions(request):
    request.user.login_sessions.exclude(key=login_of(request.session)).delete()
    record(What.SESSIONS_ENDED, who=request.user, about=request.user)
    messages.success(request, _("Du er logget ud alle andre steder."))
    return redirect("account_sessions")


@csrf_exempt
@require_POST
def logout_from_provider(request):
    """Back-channel logout: the provider says, server to server, that somebody has logged out there."""
    if not settings.HAS_SINGLE_SIGN_ON:
        raise Http404
    try:
        claims = ProviderAdapter(request, NAME).verified_logout(request.POST.get("logout_token", ""))
    except (OAuth2Error, RequestException) as error:
        note("logout from the provider refused", error=type(error).__name__)
        return JsonResponse({"error": "invalid_request"}, status=400)
    ended = LoginSession.objects.of_provider(sid=claims.get("sid"), sub=claims.get("sub"))
    for login in ended.select_related("user"):
        record(What.LOGGED_OUT, who=login.user, detail="kommunens login")
    ended.delete()
    return HttpResponse()


# --- Out --------------------------------------------------------------------------------------------------


@repeatable
def logout(request):
    """Here at once, and at the provider where it has a page for that."""
    if request.method != "POST" or not request.user.is_authenticated:
        return allauth_views.logout(request)
    token = request.session.get(ID_TOKEN, "")
    flows.logout.logout(request, show_message=not token)
    response = (
        _logged_out_there_too(request, token) if token and settings.OIDC_LOGOUT else redirect(_front(request))
    )
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _logged_out_there_too(request, token: str):
    """A page and no redirect: the button stands on every page, and no form may lead to another site."""
    back = request.build_absolute_uri(_front(request))
    try:
        there = ProviderAdapter(request, NAME).openid_config.get("end_session_endpoint", "")
    except (OAuth2Error, RequestException):
        there = ""
    query = urlencode({"id_token_hint": token, "post_logout_redirect_uri": back})
    context = {"there": f"{there}?{query}" if there else "", "front": _front(request)}
    response = render(request, "account/logged_out.html", context)
    if there:
        response.headers["Refresh"] = f"0; url={context['there']}"
    return response


def _front(request) -> str:
    return get_account_adapter().get_logout_redirect_url(request)
