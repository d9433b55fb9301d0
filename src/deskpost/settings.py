"""Django's settings. What an operator sets comes from the environment and the data folder."""

import base64
import hashlib
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pghistory

from deskpost.data_folder import DataFolder

BASE_DIR = Path(__file__).parent


def _database(url: str) -> dict[str, Any]:
    """Give Django's description of a postgresql:// address; without host the socket folder is in the query."""
    parts = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or options.pop("user", "")),
        "PASSWORD": unquote(parts.password or options.pop("password", "")),
        "HOST": options.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or options.pop("port", "") or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # A process that stops in the middle of a transaction must not hold up all others for ever. Who waits for
        # a provider within one is done long before (WITHIN of oauth/flow.py).
        "OPTIONS": {"options": "-c idle_in_transaction_session_timeout=30s", **options},
    }


def _secrets() -> list[str]:
    """Give signing keys derived from the keys of the data folder, newest first."""
    keys = DataFolder(os.environ.get("DESKPOST_DATA")).keys()
    return [base64.b64encode(hashlib.sha512(b"django" + bytes(key)).digest()).decode() for key in keys]


SECRET_KEY, *SECRET_KEY_FALLBACKS = _secrets()
DEBUG = os.environ.get("DESKPOST_DEBUG") == "1"
DEMO = os.environ.get("DESKPOST_DEMO") == "1"
ALLOWED_HOSTS = ["*"]  # the public URL decides what links say; see console.page
DATABASES = {"default": _database(os.environ.get("DESKPOST_DATABASE_URL", "postgresql:///deskpost"))}

INSTALLED_APPS = [
    "deskpost.desk",
    "deskpost.access",
    "deskpost.outbound",
    "deskpost.inbound",
    "deskpost.console",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "deskpost.console.page.security_headers",
]
ROOT_URLCONF = "deskpost.console.urls"
WSGI_APPLICATION = "deskpost.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "deskpost.console.page.shell",
            ],
        },
    }
]

AUTH_USER_MODEL = "desk.Person"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "requests"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
HTTPS = os.environ.get("DESKPOST_HTTPS") == "1"  # people come by TLS, which a web server in front of us ends
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# Without this their forms are refused: the browser names an https origin, and we are asked by http.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
# Whether http leads to https is for the web server in front of us; other names of its domain are not ours to bind.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]
CSRF_FAILURE_VIEW = "deskpost.console.errors.stale_form"
X_FRAME_OPTIONS = "DENY"  # but for the mails in frames of our own pages, see console.messages
SECURE_REFERRER_POLICY = "same-origin"

METRICS_TOKEN = os.environ.get("DESKPOST_METRICS_TOKEN", "").strip()  # who has it may read /metrics

LANGUAGE_CODE = "en"
USE_TZ = True
TIME_ZONE = "UTC"
LOCALE_PATHS = [BASE_DIR / "locale"]
STATIC_URL = "/static/"
STATIC_HASHED = os.environ.get("DESKPOST_STATIC") == "hashed"  # `deskpost web` fills the folder and sets this
STATIC_ROOT = str(DataFolder(os.environ.get("DESKPOST_DATA")).path / "static") if STATIC_HASHED else None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_HASHED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not STATIC_HASHED
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024


PGHISTORY_BASE_MODEL = "deskpost.desk.settings_event.SettingsEvent"
PGHISTORY_DEFAULT_TRACKERS = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # Faults, and what somebody may not do, are told once: by deskpost.console.errors, and not by Django as well.
    "filters": {
        "told_once": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda record: (
                getattr(record, "status_code", 0) < 500
                and not (getattr(record, "status_code", 0) == 403 and record.exc_info)
            ),
        }
    },
    "loggers": {"django.request": {"filters": ["told_once"]}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("DESKPOST_LOG_LEVEL", "WARNING")},
}
