"""Settings: everything that differs between installations comes from the environment.

Nothing here may be imported by application code: read `django.conf.settings`.
"""

from __future__ import annotations

from pathlib import Path

import environ
import structlog
from csp.constants import NONE, SELF

from bigtime.core.redaction import redact_event

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("BIGTIME_DEBUG", False)
SECRET_KEY = env.str("BIGTIME_SECRET_KEY", "development-only" if DEBUG else environ.Env.NOTSET)
BASE_URL = env.str("BIGTIME_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("BIGTIME_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SECURE = BASE_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django_filters",
    "template_partials",
    "pgtrigger",
    "rules",
    "csp",
    "django_structlog",
    "bigtime.core",
    "bigtime.firm",
    "bigtime.staff",
    "bigtime.codes",
    "bigtime.clients",
    "bigtime.timesheets",
    "bigtime.dashboard",
    "integrations",
    "integrations.quickbooks.online",
    "integrations.quickbooks.desktop",
    "posting",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "bigtime.core.middleware.SecurityHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "bigtime.firm.middleware.FirmMiddleware",
]

ROOT_URLCONF = "bigtime.urls"
WSGI_APPLICATION = "bigtime.wsgi.application"
FORM_RENDERER = "bigtime.core.forms.FormRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "bigtime.core.context.shell",
            ],
        },
    }
]

DATABASES = {
    "default": env.db("DATABASE_URL")
    | {
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        # Compiling a statement takes PostgreSQL longer than any of ours runs: 0.3 s for each page of a list read again.
        # Its pages lie in memory or on a disk without heads, so a sheet's thirty entries are looked up, not sought in
        # all. Many names joined to one table need no search for the best order: they are written in a good one.
        "OPTIONS": {
            "connect_timeout": 5,
            "options": "-c jit=off -c random_page_cost=1.1 -c join_collapse_limit=5",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "")
CACHES = {
    "default": (
        {"BACKEND": "bigtime.core.cache.PatientRedisCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "bigtime"}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

# Tasks only hint that there is work; the pump finds whatever a hint lost. No result back end.
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "unacked_restore_throttle": 1, "socket_timeout": 5}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "integrations.tasks.sync": {"queue": "sync"},
    "integrations.tasks.drain": {"queue": "post"},
    "integrations.tasks.pump": {"queue": "default"},
}
CELERY_BEAT_SCHEDULE = {
    "pump": {"task": "integrations.tasks.pump", "schedule": env.float("BIGTIME_PUMP_SECONDS", 15.0)},
}

AUTH_USER_MODEL = "firm.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "bigtime.firm.backends.MemberBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboard:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_ADAPTER = "bigtime.firm.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "bigtime.firm.account_forms.LoginForm",
    "add_email": "bigtime.firm.account_forms.AddEmailForm",
    "change_password": "bigtime.firm.account_forms.ChangePasswordForm",
    "reset_password": "bigtime.firm.account_forms.ResetPasswordForm",
    "reset_password_from_key": "bigtime.firm.account_forms.ResetPasswordKeyForm",
}
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
USERSESSIONS_TRACK_ACTIVITY = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
MFA_TOTP_ISSUER = "BigTime"
EMAIL_BACKEND = env.str("BIGTIME_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
DEFAULT_FROM_EMAIL = env.str("BIGTIME_FROM_EMAIL", "BigTime <bigtime@localhost>")

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "bigtime_session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "bigtime_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_USE_SESSIONS = False
CSRF_FAILURE_VIEW = "bigtime.core.views.csrf_failure"
SECURE_SSL_REDIRECT = env.bool("BIGTIME_SSL_REDIRECT", SECURE)
BEHIND_PROXY = env.bool("BIGTIME_BEHIND_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# The limits on signing in count by address: by the proxy's, one guesser would lock everybody out.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin-allow-popups"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
# English only: no figure asks which language it is written in.
USE_I18N = False
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("BIGTIME_STATIC_ROOT", str(BASE_DIR / ".static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG or env.bool("BIGTIME_PLAIN_STATIC", False)
            else "bigtime.core.storage.StaticStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = DEBUG or env.bool("BIGTIME_PLAIN_STATIC", False)
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Keys that encrypt stored tokens; the first encrypts, all decrypt.
ENCRYPTION_KEYS = env.list("BIGTIME_ENCRYPTION_KEYS", default=[])
# The installation's identity outside the database: a copy of the database elsewhere must not post.
INSTANCE_FILE = Path(env.str("BIGTIME_INSTANCE_FILE", str(BASE_DIR / ".instance")))

INTUIT_ENVIRONMENT = env.str("INTUIT_ENVIRONMENT", "sandbox")
INTUIT_CLIENT_ID = env.str("INTUIT_CLIENT_ID", "")
INTUIT_CLIENT_SECRET = env.str("INTUIT_CLIENT_SECRET", "")
INTUIT_SIMULATOR_URL = env.str("INTUIT_SIMULATOR_URL", "http://127.0.0.1:8001").rstrip("/")

# Where the Sync Agent's files lie that administrators may download.
SYNC_AGENT_DIR = Path(env.str("BIGTIME_SYNC_AGENT_DIR", str(BASE_DIR / "dist")))

# Posting: longer than the longest execution on the other side (Intuit cuts at 120 s).
QUIET_SECONDS = env.float("BIGTIME_QUIET_SECONDS", 150.0)
LEASE_SECONDS = env.float("BIGTIME_LEASE_SECONDS", 180.0)
# Length of Intuit's minute as the limiter sees it; shorter only against a simulator with compressed time.
MINUTE_SECONDS = env.float("BIGTIME_MINUTE_SECONDS", 60.0)
CRASH_AT = env.str("BIGTIME_CRASH_AT", "")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "structured": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redact_event,
                structlog.dev.ConsoleRenderer() if DEBUG else structlog.processors.JSONRenderer(),
            ],
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # The debug level of these prints request headers, bearer tokens among them.
    "loggers": {"requests_oauthlib": {"level": "WARNING"}, "urllib3": {"level": "WARNING"}},
}
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
