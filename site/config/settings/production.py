"""Production: everything from the environment, and no start while anything is missing or unsafe."""

from config.settings.base import *
from config.settings.parts.safety import refuse_unsafe
from config.settings.parts.values import E

refuse_unsafe(E, live=True)

SIMULATOR_ALLOWED = False
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
vars().update(email_settings(E["EMAIL_URL"]))
