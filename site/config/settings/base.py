"""What every deployment shares. Concerns live in `parts/`; values come from the environment through `config.env`."""

from config.env import ROOT, VAR
from config.settings.parts.values import E

DEBUG = False
SECRET_KEY = E["SECRET_KEY"]
ALLOWED_HOSTS = E["ALLOWED_HOSTS"]
SITE_URL = E["SITE_URL"].rstrip("/")
SITE_NAME = "Sokoni"

INSTALLED_APPS = [
    "home",
    "search",
    "marketplace.backoffice",
    "marketplace.ticketing",
    "marketplace.licensing",
    "marketplace.events",
    "marketplace.products",
    "marketplace.catalog",
    "marketplace.commerce",
    "marketplace.payouts",
    "marketplace.sellers",
    "marketplace.payments",
    "marketplace.ledger",
    "marketplace.notifications",
    "marketplace.audit",
    "marketplace.users",
    "marketplace.core",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.locales",
    "wagtail",
    "wagtail_modeladmin",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.contrib.humanize",
    "django.contrib.postgres",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Pads its output against BREACH; secrets that pages repeat (CSRF tokens) are masked anew each time.
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "marketplace.core.middleware.body_limit",  # no view has run yet, and none above reads a body
    "marketplace.core.middleware.refusals",
    "marketplace.backoffice.middleware.admin_door",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "wagtail.contrib.settings.context_processors.settings",
                "home.context_processors.site",
                "marketplace.commerce.context_processors.cart",
            ],
        },
    }
]

LANGUAGE_CODE = "en"
WAGTAIL_I18N_ENABLED = True
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("en", "English"), ("sw", "Kiswahili")]
LOCALE_PATHS = [ROOT / "marketplace" / "locale"]
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = "config.formats"
TIME_ZONE = "Africa/Nairobi"
"""What editors and admins read times in; rows are UTC, events carry their own zone."""

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [ROOT / "static"]

from config.settings.parts.auth import *  # noqa: E402
from config.settings.parts.cms import *  # noqa: E402
from config.settings.parts.data import *  # noqa: E402
from config.settings.parts.jobs import *  # noqa: E402
from config.settings.parts.logs import *  # noqa: E402
from config.settings.parts.payments import *  # noqa: E402
from config.settings.parts.payouts import *  # noqa: E402
from config.settings.parts.security import *  # noqa: E402
