"""Is this process alive, and can it serve? For load balancers and uptime checks: no secrets, no names of machines."""

from celery import current_app
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import KombuError

BROKER_SECONDS = 1


@never_cache
@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing and nobody, so that a slow database restarts no healthy process."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """200 while the database answers, else 503. Broker and cache are told but not needed: work waits in rows."""
    database = _database()
    states = {"database": database, "broker": _broker(), "cache": _cache()}
    return JsonResponse(
        {"status": "ok" if database == "ok" else "down", **states}, status=200 if database == "ok" else 503
    )


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "down"
    return "ok"


def _broker() -> str:
    try:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=BROKER_SECONDS)
    except (KombuError, OSError):
        return "down"
    return "ok"


def _cache() -> str:
    cache.set("healthz", "1", 5)
    return "ok" if cache.get("healthz") == "1" else "down"
