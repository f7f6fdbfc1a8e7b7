"""All settings of the Question Corner, a project of its own that knows nobody.

It shares no database, no session, no account and no process with the member side, and keeps no
record of who asks for a page: docs/explanation/question-corner.md says why each thing is missing.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF

from footpath.config import environment

PACKAGE = Path(__file__).resolve().parent.parent

CORNER_DIR = environment.corner_dir()
DEBUG = False  # a page about an error would show what was posted
# Nothing is signed and nobody is signed in: the key need not outlive the process.
SECRET_KEY = secrets.token_urlsafe(64)
HTTPS = environment.flag("FOOTPATH_HTTPS", default=False)

CORNER_URL = environment.text("FOOTPATH_CORNER_URL", "http://127.0.0.1:8001").rstrip("/")
BASE_URL = environment.text("FOOTPATH_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = environment.words("FOOTPATH_CORNER_HOSTS") or [
    environment.host_of(CORNER_URL),
    "127.0.0.1",
    "localhost",
    "[::1]",
]

ROOT_URLCONF = "footpath.config.corner_urls"
WSGI_APPLICATION = "footpath.config.corner_wsgi.application"

INSTALLED_APPS = [
    "csp",
    "django.contrib.staticfiles",
    "footpath.questions",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "footpath.questions.middleware.nothing_kept",
    "footpath.questions.middleware.language_of_reader",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

# --- what the Corner keeps ------------------------------------------------------------------------

DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(
        os.environ.get("FOOTPATH_CORNER_DATABASE_URL")
        or f"sqlite:///{CORNER_DIR / 'corner.sqlite3'}",
        # A connection that ends would remove its log file, and the folder would tell when.
        conn_max_age=None,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"] |= {
        "ENGINE": "footpath.core.sqlite",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
                "PRAGMA temp_store=MEMORY;"
            ),
        },
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

# --- how many hide one ----------------------------------------------------------------------------

CORNER_LEAST = environment.number("FOOTPATH_CORNER_LEAST", 20)
CORNER_TOKENS = 4
CORNER_MIX_AT = environment.text("FOOTPATH_CORNER_MIX_AT", "06:00")
CORNER_MIX_LEAST = environment.number("FOOTPATH_CORNER_MIX_LEAST", 3)
CORNER_MIX_HELD = 7

# --- languages, time ------------------------------------------------------------------------------

LANGUAGE_CODE = environment.text("FOOTPATH_LANGUAGE", "en")
LANGUAGES = [("en", "English"), ("vi", "Tiếng Việt"), ("zh-hans", "简体中文"), ("ru", "Русский")]
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = "footpath_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
USE_I18N = True
USE_TZ = True
TIME_ZONE = environment.text("FOOTPATH_TIME_ZONE", "Asia/Ho_Chi_Minh")
COUNTRY = environment.text("FOOTPATH_COUNTRY", "VN").upper()

# --- pages ----------------------------------------------------------------------------------------

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "pages",
        # Of the web room only the macros of components/ are used: its layout has people in it.
        "DIRS": [PACKAGE / room / "templates" for room in ("questions", "web")],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "footpath.core.jinja.environment",
            "context_processors": ["footpath.questions.context.surroundings"],
        },
    },
]

STATIC_URL = "/static/"
STATIC_ROOT = CORNER_DIR / "static"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# --- safety ---------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        # The receipt is stretched by Argon2id, which is compiled for the browser.
        "script-src": [SELF, "'wasm-unsafe-eval'"],
        "worker-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "require-trusted-types-for": ["'script'"],
    }
}
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SILENCED_SYSTEM_CHECKS = [
    "security.W003",  # nobody is signed in, so nobody's rights can be borrowed by another site
    "security.W005",  # sub-domains are not ours to bind
    "security.W021",  # nor to preload
]

# No reporter of errors, no mail, no line for each request. A line says what kind of error it was
# and where in the program, on which day: no message, no address, no hour (questions/logs.py).
ADMINS: list[tuple[str, str]] = []
MANAGERS: list[tuple[str, str]] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"bare": {"()": "footpath.questions.logs.Bare"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "bare", "level": "WARNING"}
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # Django's own handlers would mail, or write what was asked for.
        "django": {"handlers": [], "level": "ERROR", "propagate": True},
        "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
        # A stranger's odd request would leave a line, and enough of them would fill the disk.
        "django.security": {"handlers": [], "level": "CRITICAL", "propagate": True},
    },
}
