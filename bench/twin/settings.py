"""As `django-admin startproject` would have it, in the languages and with the headers of the portal."""

import environ

env = environ.Env()

SECRET_KEY = "only-for-measuring-and-never-served-to-anybody"  # noqa: S105
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "bench.twin.urls"
INSTALLED_APPS = ["bench.twin", "django.contrib.humanize", "django.contrib.postgres"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": ["django.template.context_processors.request"],
            "builtins": ["django.templatetags.i18n"],
        },
    }
]
DATABASES = {"default": env.db("DATABASE_URL")}
DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": 8, "timeout": 4}
LANGUAGE_CODE = "da"
USE_TZ = True
TIME_ZONE = "Europe/Copenhagen"
