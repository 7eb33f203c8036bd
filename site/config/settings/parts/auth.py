"""Accounts: one user model, one log-in (allauth) for shop and admin."""

from config.settings.parts.values import E

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/account/"
LOGOUT_REDIRECT_URL = "/"
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
"""Nobody knows another's password: whoever is added to the admin asks for a link to choose one."""
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
"""An e-mail address opens orders: it changes only through allauth, which verifies it."""

ACCOUNT_ADAPTER = "marketplace.notifications.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
"""The owner hears of every change to the account, so that a thief's is noticed."""
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_REQUIRED_ROLES = E["MFA_REQUIRED_ROLES"]
MFA_ADAPTER = "marketplace.users.mfa_adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Sokoni"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = E["EMAIL_FROM"]
ALERT_EMAILS = E["ALERT_EMAILS"]
ALERT_WEBHOOK = E["ALERT_WEBHOOK"]
ALERT_WEBHOOK_SECRET = E["ALERT_WEBHOOK_SECRET"]
