"""All settings. The environment feeds them; docs/operations.md lists every variable (a test compares).

A missing or odd value stops the start with a message that names the variable.
"""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping

from aarhuskompas.serving.wsgi_bridge import LARGEST_FORM, LARGEST_UPLOAD

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"


class Surroundings(FileAwareMapping):
    """A variable, or what the file holds that its name with _FILE leads to: so secrets reach containers."""

    def __getitem__(self, name):
        try:
            return super().__getitem__(name).rstrip("\n")
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}.") from None


env = environ.Env()
env.ENVIRON = Surroundings()


def env_bool(name: str, *, default: bool) -> bool:
    """True or false, in those words: a misspelt «flase» must not switch anything on."""
    value = env.str(name, default=str(default)).lower()
    if value not in {"true", "false"}:
        raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")
    return value == "true"


def env_int(name: str, *, default: int) -> int:
    """A whole number, zero or more."""
    value = env.str(name, default=str(default))
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def env_url(name: str, *, default: str) -> str:
    """An absolute http(s) address without a trailing slash, or empty when that is the default."""
    value = env.str(name, default=default).rstrip("/")
    if (value or default) and not re.fullmatch(r"https?://[^\s/]+(/[^\s]*)?", value):
        raise ImproperlyConfigured(
            f"{name} must be an address such as https://kompas.example.dk, not {value!r}."
        )
    return value


def env_database(name: str, *, password: str, is_required: bool = True) -> dict:
    """PostgreSQL at an address; the password is for one that has none. Empty where it need not be given."""
    if not is_required and not env.str(name, default=""):
        return {}
    config = env.db(name)
    if config["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured(f"{name} must point to PostgreSQL: postgres://user@host/name.")
    config["PASSWORD"] = config["PASSWORD"] or password
    config["HOST"] = unquote(config["HOST"])  # a socket folder stands percent-encoded, as libpq wants it
    return config


def env_pairs(name: str) -> dict[str, str]:
    """`ours=theirs,ours=theirs`; each name of ours once."""
    pairs = [pair.partition("=") for pair in env.str(name, default="").split(",") if pair.strip()]
    found = {ours.strip(): theirs.strip() for ours, _, theirs in pairs}
    if len(found) < len(pairs) or not all(ours and theirs for ours, theirs in found.items()):
        raise ImproperlyConfigured(
            f"{name} must be pairs such as redaktør=Kompas-Redaktoer, with commas between."
        )
    return found


# --- What this installation is -------------------------------------------------------------------

SECRET_KEY = env.str("SECRET_KEY")
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("SECRET_KEY must have at least 32 characters.")
SECRET_KEY_FALLBACKS = env.str("SECRET_KEY_FALLBACKS", default="").split()  # those before, the latest first
if any(len(key) < 32 for key in SECRET_KEY_FALLBACKS):
    raise ImproperlyConfigured("SECRET_KEY_FALLBACKS must have at least 32 characters each.")

RELEASE = env.str("RELEASE", default="")  # each line of the log says it
DEBUG = env_bool("DEBUG", default=False)
SITE_URL = env_url("SITE_URL", default="http://127.0.0.1:8000")
IS_HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(SITE_URL).hostname])
SOURCE_CODE_URL = env_url("SOURCE_CODE_URL", default="")
# Who runs it is written in the admin (publishing/portal.py). The first start fills it in, and these with it.
PORTAL_BEGINS_WITH = {
    "contact_email": env.str("CONTACT_EMAIL", default=""),
    "was_url": env_url("WAS_URL", default=""),
}

# --- Apps ----------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "goals",
    "collaboration",
    "reflection",
    "compass",
    "accounts",
    "publishing",
    "privacy",
    "aarhuskompas",
    "aarhuskompas.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "csp",
    "django_htmx",
    "reversion",
    "template_partials.apps.SimpleAppConfig",
]

MIDDLEWARE = [
    "aarhuskompas.middleware.RequestIdMiddleware",
    "aarhuskompas.page_cache.PageCacheMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "aarhuskompas.middleware.SecurityHeadersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "aarhuskompas.health.HealthMiddleware",
    "aarhuskompas.middleware.RefusedMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "aarhuskompas.page_cache.CompressMiddleware",
    "publishing.database_away.TryAgainMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "aarhuskompas.middleware.LanguageFromPathMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.sessions.AbsoluteSessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "aarhuskompas.middleware.CacheRulesMiddleware",
    "aarhuskompas.middleware.WrongMethodMiddleware",
    "aarhuskompas.middleware.StorageFullMiddleware",
    "aarhuskompas.middleware.TidyTextMiddleware",
    "aarhuskompas.middleware.ProgressMiddleware",
    "accounts.submitted_forms.SubmitOnceMiddleware",
]

ROOT_URLCONF = "aarhuskompas.urls"
WSGI_APPLICATION = "aarhuskompas.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "template_partials.templatetags.partials",
                "aarhuskompas.templatetags.portal",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "publishing.portal.in_templates",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database ------------------------------------------------------------------------------------

DATABASE_PASSWORD = env.str("DATABASE_PASSWORD", default="")
APPLICATION_DATABASE = env_database("DATABASE_URL", password=DATABASE_PASSWORD)
# Who is given the owner's address works as the owner of the tables: `manage.py prepare`, and no server.
OWNER_DATABASE = env_database(
    "DATABASE_OWNER_URL", password=env.str("DATABASE_OWNER_PASSWORD", default=""), is_required=False
)
# Past a pooler, for what one session hears or holds; empty where DATABASE_URL leads to PostgreSQL itself.
DIRECT_DATABASE = env_database("DATABASE_DIRECT_URL", password=DATABASE_PASSWORD, is_required=False)
DATABASES = {"default": OWNER_DATABASE or APPLICATION_DATABASE}
# A pool and not CONN_MAX_AGE: threads come and go, and a connection kept by each would run the
# server out of slots (docs/decisions/0003-server-shape.md).
# Who looks for a database that is away looks every second or two, and does not wait ever longer in between.
DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
    "min_size": 1, "max_size": 8, "timeout": 4, "reconnect_timeout": 2,
}  # fmt: skip
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # PostgreSQL may have been started again
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = bool(DIRECT_DATABASE)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.auth_backend.LoginBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "accounts.adapter.StaffOnlyAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "user_token": "accounts.forms.UserTokenForm",
}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60  # of invitations too
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = False  # accounts/rate_limits.py: allauth's refuse right passwords, and wait on a thread
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
SOCIALACCOUNT_ADAPTER = "accounts.adapter.SingleSignOnAdapter"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.second_factor.CodeForm",
    "activate_totp": "accounts.second_factor.ActivateForm",
    "add_webauthn": "accounts.second_factor.PasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS  # to try it on one's own machine
MFA_RECOVERY_CODES_SHOW_ONCE = True
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "reflection:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "compass:front"

# Single sign-on: all of these or none (docs/identity.md).
OIDC_SERVER_URL = env_url("OIDC_SERVER_URL", default="")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", default="")
OIDC_ROLES = env_pairs("OIDC_ROLES")  # ours: the provider's
OIDC_EMAIL_DOMAINS = [
    name.strip().lower() for name in env.list("OIDC_EMAIL_DOMAINS", default=[]) if name.strip()
]
OIDC_UID_CLAIM = env.str("OIDC_UID_CLAIM", default="sub")
OIDC_ROLES_CLAIM = env.str("OIDC_ROLES_CLAIM", default="roles")
OIDC_DEPARTMENT_CLAIM = env.str("OIDC_DEPARTMENT_CLAIM", default="department")
OIDC_REQUIRED_ROLE = env.str("OIDC_REQUIRED_ROLE", default="")
OIDC_LOGOUT = env_bool("OIDC_LOGOUT", default=True)
OIDC_NEEDED = ["OIDC_SERVER_URL", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_ROLES", "OIDC_EMAIL_DOMAINS"]
HAS_SINGLE_SIGN_ON = any(globals()[name] for name in OIDC_NEEDED)
if missing := [name for name in OIDC_NEEDED if HAS_SINGLE_SIGN_ON and not globals()[name]]:
    raise ImproperlyConfigured(f"Single sign-on is half set up: {', '.join(missing)} is missing.")
if urlsplit(OIDC_SERVER_URL).path.split("/")[1:2] in [["common"], ["organizations"], ["consumers"]]:
    raise ImproperlyConfigured("OIDC_SERVER_URL must name your own tenant, not everybody's.")
if unknown := OIDC_ROLES.keys() - {"redaktør", "metodeansvarlig", "administrator"}:
    raise ImproperlyConfigured(
        f"OIDC_ROLES names roles that the portal does not have: {', '.join(sorted(unknown))}."
    )
# Who may log in with a password: everybody, administrators in an emergency, or nobody.
LOCAL_LOGIN = env.str("LOCAL_LOGIN", default="break-glass" if HAS_SINGLE_SIGN_ON else "on")
if LOCAL_LOGIN not in {"on", "break-glass", "off"}:
    raise ImproperlyConfigured(f"LOCAL_LOGIN must be on, break-glass or off, not {LOCAL_LOGIN!r}.")
if LOCAL_LOGIN != "on" and not HAS_SINGLE_SIGN_ON:
    raise ImproperlyConfigured(
        f"LOCAL_LOGIN={LOCAL_LOGIN} lets nobody in without single sign-on: set OIDC_…."
    )

# 12 hours from login, whatever one does: public-sector.md C4. Autosave makes expiry harmless.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "csrf"
SSO_COOKIE_NAME = "__Host-sso" if IS_HTTPS else "sso"
DEVICE_COOKIE_NAME = "__Host-device" if IS_HTTPS else "device"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "accounts.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Language ------------------------------------------------------------------------------------

LANGUAGE_CODE = "da"
LANGUAGES = [("da", "Dansk"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "aarhuskompas.formats"
TIME_ZONE = "Europe/Copenhagen"

# --- Files ---------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(VAR_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
# Where what editors upload lies: on several machines in the database, unless they share a folder.
MEDIA_STORAGES = {
    "folder": {
        "BACKEND": "publishing.media.WholeFileStorage",
        # For the owner and the group alone: a container runs as any user of one group.
        "OPTIONS": {"file_permissions_mode": 0o660, "directory_permissions_mode": 0o2770},
    },
    "database": {"BACKEND": "publishing.media.DatabaseStorage"},
}
MEDIA_STORAGE = env.str("MEDIA_STORAGE", default="folder")
if MEDIA_STORAGE not in MEDIA_STORAGES:
    raise ImproperlyConfigured(f"MEDIA_STORAGE must be folder or database, not {MEDIA_STORAGE!r}.")
STORAGES = {
    "default": MEDIA_STORAGES[MEDIA_STORAGE],
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "aarhuskompas.serving.static_files.BundledStorage"
    },
}
# Which municipality's texts the portal starts with: a folder of content/ (docs/content.md).
CONTENT_SET = env.str("CONTENT_SET", default="aarhus")
CONTENT_DIR = BASE_DIR / "content" / CONTENT_SET
if not (re.fullmatch(r"[a-z0-9-]+", CONTENT_SET) and (CONTENT_DIR / "portal.yaml").is_file()):
    raise ImproperlyConfigured(
        f"CONTENT_SET must name a folder of content/ with a portal.yaml, not {CONTENT_SET!r}."
    )
# Sound, pictures and files that editors upload. Their names begin with lyd/, billeder/ and filer/, and so
# do their addresses. Nothing leads to import/, where a spreadsheet waits until it is imported.
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(VAR_DIR / "media"))
MEDIA_URL = "/"
# What people had erased, one line each without a name, for a backup that is put back (privacy/erasures.py).
ERASURES_FILE = env.str("ERASURES_FILE", default=str(VAR_DIR / "erasures.jsonl"))

# --- Mail ----------------------------------------------------------------------------------------

vars().update(env.email("EMAIL_URL", default=f"filemail:///{VAR_DIR / 'mail'}"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("MAIL_FROM", default="kompas@example.dk")
EMAIL_SUBJECT_PREFIX = ""

# --- Security ------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # preloading binds a whole domain: its owner decides that
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
X_FRAME_OPTIONS = "DENY"
# The number of proxies in front; 0 means that X-Forwarded-* is a visitor's claim and is not read.
TRUSTED_PROXIES = env_int("TRUSTED_PROXIES", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# More than sit in any hall; a program that joins without end fills no room beyond it.
ROOM_MAX_PARTICIPANTS = env_int("ROOM_MAX_PARTICIPANTS", default=1_200)

DATA_UPLOAD_MAX_MEMORY_SIZE = LARGEST_FORM  # and so much of anything, from anybody
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "publishing.media.WholeUploadHandler",
]
UPLOAD_MAX_BYTES = LARGEST_UPLOAD  # all files of one form
# What editors may upload (compass/uploads.py) and import (compass/admin/spreadsheets.py).
PICTURE_MAX_BYTES = 12_000_000
PICTURE_MAX_PIXELS = 50_000_000
ATTACHMENT_MAX_BYTES = 20_000_000
SOUND_MAX_BYTES = 60_000_000  # an hour of speech as MP3
IMPORT_MAX_BYTES = 20_000_000
IMPORT_MAX_ROWS = 10_000
# A guide is edited on one page: eight steps with their questions in two languages are 816 fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3_000

# Finished public pages in the memory of each server process; at 0 none are kept.
PAGE_CACHE_MB = env_int("PAGE_CACHE_MB", default=32)
CONTENT_VERSION = "compass.content_version.content_version"  # what says that they are still right

# Figures for Prometheus; at 0 there are none (aarhuskompas/metrics.py).
METRICS_PORT = env_int("METRICS_PORT", default=0)
METRICS_LISTEN_ON = env.str("METRICS_LISTEN_ON", default="127.0.0.1")

# --- Logs: one JSON object a line, never anything typed --------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "aarhuskompas.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # Django's own handlers mail request bodies and print tracebacks with local values.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
    },
}
