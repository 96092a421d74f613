"""The portal's settings for tests: only DATABASE_URL comes from outside."""

import os
import tempfile

# A developer's own environment must not decide what a test sees.
for name in [name for name in os.environ if name.startswith("OIDC_")]:
    os.environ.pop(name)
for name in ["LOCAL_LOGIN", "ALLOWED_HOSTS", "CONTACT_EMAIL", "EMAIL_URL", "MAIL_FROM"]:
    os.environ.pop(name, None)
os.environ.update(
    SECRET_KEY="for-tests-alone-and-long-enough-to-be-accepted",
    DEBUG="false",
    SITE_URL="http://testserver",
    WAS_URL="https://was.example.dk/kompas",
    SOURCE_CODE_URL="https://kode.example.dk/kompas",
    TRUSTED_PROXIES="0",
    LOG_LEVEL="WARNING",  # test_logs.py listens to everything
    PAGE_CACHE_MB="0",  # a test sees what it has just made; test_caching.py turns it on
)

from aarhuskompas.settings import *  # noqa: E402, F403
from aarhuskompas.settings import DATABASES, STORAGES  # noqa: E402
from tools.catalogue import compile_catalogue  # noqa: E402

# One thread, one connection: a pool would keep some open when the database is to be removed.
DATABASES["default"]["OPTIONS"].pop("pool")

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STATIC_ROOT = None  # nothing is collected; test_static.py and the browser tests do it for themselves

compile_catalogue()  # English pages are tested in English

MEDIA_ROOT = tempfile.mkdtemp(prefix="kompas-media-")
ERASURES_FILE = f"{MEDIA_ROOT}/erasures.jsonl"
