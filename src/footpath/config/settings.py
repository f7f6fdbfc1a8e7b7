"""All settings, read from the environment: docs/reference/settings.md lists the variables."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF

from footpath.config import environment

PACKAGE = Path(__file__).resolve().parent.parent

DATA_DIR = environment.data_dir()
DEBUG = environment.flag("FOOTPATH_DEBUG", default=False)
SECRET_KEY = environment.secret_key(DATA_DIR)
SECRET_KEY_FALLBACKS = environment.words("FOOTPATH_SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = environment.words("FOOTPATH_ALLOWED_HOSTS") or ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = environment.words("FOOTPATH_TRUSTED_ORIGINS")
HTTPS = environment.flag("FOOTPATH_HTTPS", default=False)

ROOT_URLCONF = "footpath.config.urls"
WSGI_APPLICATION = "footpath.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

INSTALLED_APPS = [
    "footpath.config.admin_site.FootpathAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "ninja",
    "rules",
    "footpath.core",
    "footpath.accounts",
    "footpath.notifications",
    "footpath.directory",
    "footpath.assignments",
    "footpath.knowledge",
    "footpath.cases",
    "footpath.meetings",
    "footpath.reports",
    "footpath.web",
    "footpath.api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "footpath.accounts.middleware.WhoIsAsking",
    "footpath.web.middleware.language_of_reader",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "footpath.web.middleware.refusals_as_pages",
]

# --- database -------------------------------------------------------------------------------------

DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(
        os.environ.get("FOOTPATH_DATABASE_URL") or f"sqlite:///{DATA_DIR / 'footpath.sqlite3'}",
        conn_max_age=600,
        conn_health_checks=False,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"] |= {
        "ENGINE": "footpath.core.sqlite",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-64000;"
                "PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
            ),
        },
    }
elif environment.flag("FOOTPATH_PREPARED_STATEMENTS", default=True):
    # PostgreSQL plans a repeated query once a connection: planning costs more than answering.
    # To be switched off behind a pooler that shares connections between transactions.
    DATABASES["default"]["OPTIONS"] = {"server_side_binding": True, "prepare_threshold": 4}
CACHES = {
    # Sign-in attempts are counted across processes.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "footpath_cache",
        # Enough that nobody can push out the counts by trying many names.
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    },
}
TASKS = {
    "default": {"BACKEND": environment.text("FOOTPATH_TASKS", "django_tasks_db.DatabaseBackend")}
}

# --- signing in -----------------------------------------------------------------------------------

SESSION_ENGINE = "footpath.accounts.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "footpath_session"
CSRF_COOKIE_NAME = "footpath_csrf"
AUTHENTICATION_BACKENDS = [
    "footpath.accounts.backends.ByPost",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "web:home"
LOGOUT_REDIRECT_URL = "accounts:sign-in"
ACCOUNT_ADAPTER = "footpath.accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ALLAUTH_TRUSTED_PROXY_COUNT = environment.number("FOOTPATH_TRUSTED_PROXIES", 0)
ACCOUNT_RATE_LIMITS = {
    "login": environment.text("FOOTPATH_SIGN_IN_RATE", "30/m/ip"),
    "login_failed": environment.text("FOOTPATH_SIGN_IN_FAILURES", "10/m/ip,5/5m/key"),
    "change_password": "5/m/user",
}
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"

# --- languages, time ------------------------------------------------------------------------------

LANGUAGE_CODE = environment.text("FOOTPATH_LANGUAGE", "en")
LANGUAGES = [("en", "English"), ("vi", "Tiếng Việt"), ("zh-hans", "简体中文"), ("ru", "Русский")]
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = "footpath_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
USE_I18N = True
USE_TZ = True
TIME_ZONE = environment.text("FOOTPATH_TIME_ZONE", "Asia/Ho_Chi_Minh")
COUNTRY = environment.text("FOOTPATH_COUNTRY", "VN").upper()

# --- what people are told -------------------------------------------------------------------------

BASE_URL = environment.text("FOOTPATH_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
EMAIL_URL = environment.text("FOOTPATH_EMAIL_URL", "")
EMAIL_FROM = environment.text("FOOTPATH_EMAIL_FROM", "Footpath <footpath@localhost>")
DIGEST_AT = environment.text("FOOTPATH_DIGEST_AT", "07:00")
WEBHOOK_PRIVATE = environment.flag("FOOTPATH_WEBHOOK_PRIVATE", default=False)
# Whether other systems may stand in the house's own network, and be asked without https.
OPEN311_PRIVATE = environment.flag("FOOTPATH_OPEN311_PRIVATE", default=False)

# --- people without an account --------------------------------------------------------------------

# How often the public form may be sent, and a code be tried: from one address, for one place.
ACCOUNT_RATE_LIMITS |= {
    "public_report": environment.text("FOOTPATH_REPORT_RATE", "10/h/ip"),
    "public_report_place": environment.text("FOOTPATH_REPORT_PLACE_RATE", "120/h/key"),
    "public_code": environment.text("FOOTPATH_CODE_RATE", "20/m/ip"),
    "public_word": environment.text("FOOTPATH_REPORTER_WORD_RATE", "10/h/key"),
}
REPORTER_KEPT_DAYS = environment.number("FOOTPATH_REPORTER_KEPT_DAYS", 90)

# --- the Question Corner --------------------------------------------------------------------------

# Where its own server is reached, as browsers see it; set but empty: there is no Corner.
CORNER_URL = os.environ.get("FOOTPATH_CORNER_URL", "http://127.0.0.1:8001").rstrip("/")
CORNER_DIR = environment.corner_dir()
CORNER_LEAST = environment.number("FOOTPATH_CORNER_LEAST", 20)

# --- pages ----------------------------------------------------------------------------------------

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "pages",
        "DIRS": [
            PACKAGE / room / "templates"
            for room in (
                [
                    "web",
                    "accounts",
                    "notifications",
                    "directory",
                    "assignments",
                    "knowledge",
                    "cases",
                    "meetings",
                    "reports",
                ]
            )
        ],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "footpath.core.jinja.environment",
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "footpath.web.context.furniture",
            ],
        },
    },
    {
        # Only the administration site of Django itself is written in Django's templates.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
MEDIA_ROOT = DATA_DIR / "files"
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# An attendance sheet has three boxes a name, and there are meetings of more than a thousand.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
ATTACHMENT_MAX_BYTES = environment.number("FOOTPATH_ATTACHMENT_MAX_MB", 10) * 1024 * 1024
IMPORT_MAX_BYTES = environment.number("FOOTPATH_IMPORT_MAX_MB", 64) * 1024 * 1024

# --- safety ---------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [CORNER_URL or NONE],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "footpath.web.errors.csrf_failed"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # sub-domains are not ours to bind
    "security.W021",  # nor to preload
]


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"keys": {"()": "footpath.core.logs.WithoutKeys"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["keys"]}
    },
    "root": {"handlers": ["console"], "level": environment.text("FOOTPATH_LOG_LEVEL", "WARNING")},
    # These would write the secret addresses of chats into the log.
    "loggers": {name: {"level": "CRITICAL"} for name in ("apprise", "requests", "urllib3")},
}
