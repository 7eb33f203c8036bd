"""The suite: real database, real SQL, real HTTP to the simulator; only hashing is made cheap."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("SOKONI_TEST_VAR", tempfile.mkdtemp(prefix="sokoni-test-"))

from config.settings.dev import *

TEST_VAR = Path(os.environ["SOKONI_TEST_VAR"])
DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES["default"] = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": TEST_VAR / "media", "base_url": "/media/"},
}
STORAGES["private"] = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": TEST_VAR / "private"},
}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
MEDIA_ROOT = TEST_VAR / "media"
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
LOGGING["root"]["level"] = "WARNING"
if DATABASES["default"]["ENGINE"] != "marketplace.core.sqlite":
    DATABASES["default"]["OPTIONS"].pop("pool", None)
else:
    DATABASES["default"]["TEST"] = {"NAME": str(TEST_VAR / "test.sqlite3")}
