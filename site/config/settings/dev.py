"""The embedded default: no services, no accounts, payments through the simulator on loopback. For one machine only."""

import os

from config.env import ROOT, VAR

(VAR / "static").mkdir(parents=True, exist_ok=True)

# Published keys: good for a demo on loopback, refused by production.
DEMO = {
    "SECRET_KEY": "demo-only-secret-key-that-production-refuses-to-start-with-0000",
    "FIELD_KEYS": "ZGVtby1vbmx5LWZpZWxkLWtleS0wMDAwMDAwMDAwMDA=",
    "LOOKUP_KEY": "demo-only-lookup-key-that-production-refuses",
    "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
    "STRIPE_SECRET_KEY": "sk_test_simulator",
    "STRIPE_WEBHOOK_SECRETS": "whsec_simulator",
    "STRIPE_API_BASE": "http://127.0.0.1:8100/stripe",
    "MPESA_BASE_URL": "http://127.0.0.1:8100/daraja",
    "MPESA_CONSUMER_KEY": "simulator-consumer-key",
    "MPESA_CONSUMER_SECRET": "simulator-consumer-secret",
    "MPESA_PASSKEY": "simulator-passkey",
    "MPESA_CONFIRM": "always",
    "MPESA_INITIATOR": "testapi",
    "MPESA_INITIATOR_PASSWORD": "simulator-initiator-password",
    "MPESA_CERTIFICATE": str(ROOT / "marketplace/payments/simulator/daraja/certificate.pem"),
    "MPESA_B2C_SHORTCODE": "600992",
    "MFA_REQUIRED_ROLES": "",  # the demo's logins have a password only; set "Finance,Admins" to see production's door
}
for _name, _value in DEMO.items():
    os.environ.setdefault(_name, _value)

from config.settings.base import *  # noqa: E402
from config.settings.parts.values import E  # noqa: E402

DEBUG = E["SITE_URL"].startswith("http://") and os.environ.get("DJANGO_DEBUG", "") == "1"
SIMULATOR_ALLOWED = True
STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
if not E["EMAIL_URL"]:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR / "mail"
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] += ["http://127.0.0.1:*", "http://localhost:*"]
