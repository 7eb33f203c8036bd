"""Posting alerts: at least once, signed, outside transactions; a webhook that is away is tried for a day."""

import hashlib
import hmac
import json
import logging
from datetime import timedelta

import httpx
from django.db import transaction

from marketplace.core import clock
from marketplace.notifications import conf
from marketplace.notifications.models import Alert, AlertCall

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
BACKOFF_SECONDS = (10, 60, 300, 900, 3600, 3600, 7200, 14400, 28800, 28800)


def call_webhook(*, limit: int = 50) -> int:
    """Post what is due, oldest first. Returns how many were taken."""
    taken = 0
    for _ in range(limit):
        due = _claim()
        if due is None:
            break
        taken += _post(due)
    return taken


def _claim() -> AlertCall | None:
    with transaction.atomic():
        due = (
            AlertCall.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("alert")
            .filter(due_at__lte=clock.now())
            .order_by("due_at", "pk")
            .first()
        )
        if due is not None:
            due.attempts += 1
            due.due_at = clock.now() + LEASE
            due.save(update_fields=["attempts", "due_at"])
        return due


def _post(due: AlertCall) -> bool:
    body = json.dumps(told(due.alert, due.news)).encode()
    try:
        answer = httpx.post(conf.alert_webhook(), content=body, headers=_headers(body), timeout=conf.WEBHOOK_SECONDS)
        answer.raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        logger.warning("alert %s: the webhook did not take it: %s", due.alert_id, type(error).__name__)
        _try_later(due, error)
        return False
    AlertCall.objects.filter(pk=due.pk).update(due_at=None, taken_at=clock.now(), last_error="")
    return True


def told(alert: Alert, news: str) -> dict[str, str | int]:
    """What is posted. `id` and `news` together are the receiver's key against repeats."""
    return {
        "id": alert.pk, "news": news, "code": alert.code, "key": alert.key, "subject": alert.subject,
        "text": alert.text, "opened_at": alert.opened_at.isoformat(), "times": alert.times,
    }  # fmt: skip


def _headers(body: bytes) -> dict[str, str]:
    """`Sokoni-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`: a recording cannot be played later."""
    headers, secret = {"Content-Type": "application/json"}, conf.alert_webhook_secret()
    if secret:
        moment = str(int(clock.now().timestamp()))
        signature = hmac.new(secret, moment.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers["Sokoni-Signature"] = f"t={moment},v1={signature}"
    return headers


def _try_later(due: AlertCall, error: Exception) -> None:
    over = due.attempts > len(BACKOFF_SECONDS)
    wait = None if over else clock.in_seconds(BACKOFF_SECONDS[due.attempts - 1])
    said = f"{type(error).__name__}: {error}"[:300]
    AlertCall.objects.filter(pk=due.pk).update(due_at=wait, last_error=said)
