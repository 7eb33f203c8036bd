"""Where rows, files and cached values live."""

from typing import Any

import dj_database_url

from config.env import VAR
from config.settings.parts.values import E

# recursive_triggers: without it INSERT OR REPLACE deletes rows past the append-only triggers.
SQLITE_OPTIONS: dict[str, Any] = {
    "timeout": 30,
    "transaction_mode": "IMMEDIATE",
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
        "PRAGMA recursive_triggers=ON; PRAGMA cache_size=-16000;"
    ),
}


def database(url: str, *, pool: int) -> dict[str, Any]:
    """One database: PostgreSQL with a psycopg pool, or SQLite (WAL, write transactions queued by a file lock)."""
    if not url or url.startswith("sqlite"):
        found = dj_database_url.parse(url or f"sqlite:///{VAR / 'db.sqlite3'}")
        return {**found, "ENGINE": "marketplace.core.sqlite", "OPTIONS": SQLITE_OPTIONS}
    found = dj_database_url.parse(url, conn_max_age=0)
    options = found.setdefault("OPTIONS", {})
    if pool:
        options["pool"] = {"min_size": 1, "max_size": pool, "timeout": 20}
    return {**found}


DATABASES = {"default": database(E["DATABASE_URL"], pool=E["DATABASE_POOL"])}

if E["REDIS_URL"]:
    # A cache that is away costs speed, never an answer; one that hangs costs this much each time it is asked.
    CACHES: dict[str, Any] = {
        "default": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": E["REDIS_URL"],
            "OPTIONS": {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": 0.5, "SOCKET_TIMEOUT": 0.25},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": VAR / "cache"}}

SESSION_ENGINE = "django.contrib.sessions.backends.db"
"""Sessions are rows: a cache that is away must not log anyone out or lose a cart."""

_S3: dict[str, Any] = {
    "endpoint_url": E["S3_ENDPOINT"] or None,
    "region_name": E["S3_REGION"] or None,
    "access_key": E["S3_ACCESS_KEY"] or None,
    "secret_key": E["S3_SECRET_KEY"] or None,
    "file_overwrite": False,
    "signature_version": "s3v4",
}


def _store(bucket: str, folder: str, url: str | None, **options: Any) -> dict[str, Any]:
    if bucket:
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {**_S3, "bucket_name": bucket, **options}}
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR / folder, "base_url": url},
    }


STORAGES = {
    "default": _store(E["S3_BUCKET"], "media", "/media/", querystring_auth=False),
    "private": _store(
        E["S3_PRIVATE_BUCKET"], "private", None, querystring_auth=True, querystring_expire=300, default_acl="private"
    ),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media"


def email_settings(url: str) -> dict[str, Any]:
    """Django's EMAIL_* settings from one URL."""
    import dj_email_url

    return {key: value for key, value in dj_email_url.parse(url).items() if value is not None}
