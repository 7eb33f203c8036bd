from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import F

from marketplace.core import clock
from marketplace.core.jobs import enqueue
from marketplace.notifications import conf
from marketplace.notifications.models import Alert, AlertCall
from marketplace.notifications.services.queue import queue


def raise_alert(*, code: str, subject: str, text: str, key: str) -> Alert:
    """Put something before a person: a row, a mail to each of ALERT_EMAILS, a POST to ALERT_WEBHOOK.

    Noticed again under the same `key` while it is open, it only counts: nobody is told twice. No personal data: it
    leaves the house.
    """
    seen = _seen_again(key)
    if seen is not None:
        return seen
    try:
        with transaction.atomic():
            alert = Alert.objects.create(code=code, key=key, subject=subject[:250], text=text)
            _tell(alert)
    except IntegrityError:  # somebody else noticed at the same moment
        found = _seen_again(key)
        if found is None:
            raise
        return found
    return alert


def _seen_again(key: str) -> Alert | None:
    """Count it on the open alert, if there is one: the one counted, even if it is closed a moment later."""
    of_key = Alert.objects.filter(key=key)
    counted = of_key.filter(closed_at=None).update(times=F("times") + 1, last_seen_at=clock.now())
    return of_key.latest("pk") if counted else None


def _tell(alert: Alert) -> None:
    for address in conf.alert_emails():
        queue(key=f"alert:{alert.pk}:{address}", template="alert", to=address, context={"alert": alert})
    call(alert, AlertCall.News.OPENED)


def call(alert: Alert, news: AlertCall.News) -> None:
    """Write down that the webhook is to hear of it, and wake a worker after commit."""
    if conf.alert_webhook():
        AlertCall.objects.create(alert=alert, news=news)
        transaction.on_commit(partial(enqueue, "notifications.call_webhook"))
