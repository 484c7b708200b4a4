"""Settings of the portal. What differs between installations comes from the environment (see the guide)."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF

from bilan.portal import home
from bilan.portal.environment import flag, whole, words

BILAN_HOME = home.folder()
BILAN_LAKE = Path(os.environ.get("BILAN_LAKE") or BILAN_HOME / "lake")
BILAN_KEPT = BILAN_HOME / "kept"
BILAN_FILES = BILAN_HOME / "files"

SECRET_KEY = home.secret_key(BILAN_HOME)
DEBUG = flag("BILAN_PORTAL_DEBUG")  # shows the style page and details of errors: never where others reach it
ALLOWED_HOSTS = words("BILAN_HOSTS", ("localhost", "127.0.0.1", "[::1]"))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "axes",
    "bilan.portal.core",
    "bilan.portal.people",
    "bilan.portal.rights",
    "bilan.portal.audit",
    "bilan.portal.jobs",
    "bilan.portal.files",
    "bilan.portal.plans",
    "bilan.portal.board",
]

MIDDLEWARE = [
    "bilan.portal.core.head.NoBody",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "bilan.portal.core.headers.Headers",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "bilan.portal.core.languages.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "bilan.portal.core.nul.RefuseNul",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "bilan.portal.audit.context.Remember",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "bilan.portal.people.sessions.SessionAge",
    "bilan.portal.people.passwords.MustChange",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "bilan.portal.urls"
WSGI_APPLICATION = "bilan.portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "bilan.portal.core.shell.shell",
            ],
            "builtins": ["bilan.portal.rights.templatetags.rights", "django.templatetags.i18n"],
        },
    }
]

# --- state: one SQLite file, or what DATABASE_URL names ---

DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL") or f"sqlite:///{BILAN_HOME / 'db.sqlite3'}",
        conn_max_age=600,
        conn_health_checks=True,
    )
}
if password := os.environ.get("BILAN_DB_PASSWORD"):  # as it is; within an address its letters would have to be encoded
    DATABASES["default"]["PASSWORD"] = password
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Readers do not wait for the writer, and a writer takes its place in the queue when it begins. What an INSERT OR
    # REPLACE would overwrite counts as deleted, which the triggers of rows that stay refuse.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA recursive_triggers=ON;",
    }

# --- languages, time, files ---

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).parent / "locale"]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = BILAN_HOME / "static"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "bilan.portal.core.charts_finder.BundleFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(BILAN_FILES)}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_HANDLERS = [
    "bilan.portal.files.handlers.LargestUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
BILAN_MOST_UPLOAD = whole("BILAN_MOST_UPLOAD_MB", 64) << 20
BILAN_MOST_PAGES = whole("BILAN_MOST_PAGES", 300)  # of a PDF
BILAN_PARSE_MEMORY = whole("BILAN_PARSE_MEMORY_MB", 2048, least=512) << 20  # of the process that reads a file
BILAN_PARSE_SECONDS = whole("BILAN_PARSE_SECONDS", 600)  # that a job may read one file
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 << 20  # a form without its files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 10

# --- people ---

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email", "phone")},
    },
    {"NAME": "bilan.portal.people.passwords.NotTheSame"},
]
LOGIN_URL = "people:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "people:login"

AXES_FAILURE_LIMIT = whole("BILAN_LOCKOUT_FAILURES", 5)
AXES_COOLOFF_TIME = timedelta(minutes=whole("BILAN_LOCKOUT_MINUTES", 15))
AXES_LOCKOUT_PARAMETERS = ["username"]
# By name only: a whole office shares one address, and whoever guesses changes his.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # the audit log holds every log-in
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "bilan.portal.people.login.locked_out"
AXES_CLIENT_IP_CALLABLE = "bilan.portal.core.addresses.client_address"

SESSION_COOKIE_NAME = "bilan-session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
BILAN_SESSION_IDLE = timedelta(minutes=whole("BILAN_SESSION_IDLE_MINUTES", 30))
BILAN_SESSION_LONGEST = timedelta(hours=whole("BILAN_SESSION_HOURS", 12))
CSRF_COOKIE_NAME = "bilan-csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "bilan.portal.core.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = words("BILAN_ORIGINS")

# --- what browsers are told ---

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

BILAN_PROXIES = whole("BILAN_PROXIES", 0, least=0)
BILAN_HTTPS = flag("BILAN_HTTPS")
if BILAN_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
if BILAN_HTTPS:
    SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
LANGUAGE_COOKIE_NAME = "bilan-language"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600

# --- jobs ---

BILAN_REDIS = os.environ.get("BILAN_REDIS", "")
BILAN_JOBS_AT_ONCE = flag("BILAN_JOBS_AT_ONCE")  # in the page's own process: for tests and for looking for faults
BILAN_JOBS_RUNNING = whole("BILAN_JOBS_RUNNING", 3)  # of one person, waiting ones included
BILAN_JOBS_HOURLY = whole("BILAN_JOBS_HOURLY", 60)  # of one person

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("BILAN_LOG_LEVEL", "WARNING").upper()},
    "loggers": {"django.security.DisallowedHost": {"level": "CRITICAL"}},
}
