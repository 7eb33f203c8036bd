"""Staging: production's rules, but providers' own test modes are allowed and search engines are not."""

from config.settings.base import *
from config.settings.parts.safety import refuse_unsafe
from config.settings.parts.values import E

refuse_unsafe(E, live=False)

SIMULATOR_ALLOWED = False
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
CSRF_TRUSTED_ORIGINS = [SITE_URL]
ROBOTS_ALLOWED = False
vars().update(email_settings(E["EMAIL_URL"]))
