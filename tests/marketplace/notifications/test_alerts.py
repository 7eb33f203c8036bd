"""What needs a person is said once, by mail and to the webhook, however often it is noticed."""

import datetime as dt
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.db import connection

from marketplace.core import clock
from marketplace.notifications.models import Alert, AlertCall, Message
from marketplace.notifications.selectors import open_alerts
from marketplace.notifications.services import call_webhook, clear_alert, raise_alert

LOW = {"code": "float_low", "key": "float:mpesa", "subject": "The payout float is low", "text": "KES 1,000 left."}


class Hook:
    """Somebody's webhook: remembers what came, answers with `status`."""

    def __init__(self) -> None:
        self.status, self.heard = 200, []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.heard.append((dict(self.headers), body))
                self.send_response(hook.status)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/alerts"

    def news(self) -> list[tuple[str, str]]:
        return [(told["news"], told["key"]) for told in (json.loads(body) for _headers, body in self.heard)]


@pytest.fixture
def hook(settings: LazySettings) -> Iterator[Hook]:
    found = Hook()
    thread = threading.Thread(target=found.server.serve_forever, args=(0.02,))
    thread.start()
    settings.ALERT_WEBHOOK, settings.ALERT_WEBHOOK_SECRET = found.url, "between us"
    yield found
    found.server.shutdown()
    thread.join()
    found.server.server_close()


@pytest.fixture(autouse=True)
def _people(settings: LazySettings) -> None:
    settings.ALERT_EMAILS, settings.ALERT_WEBHOOK = ["a@example.com", "b@example.com"], ""


@pytest.mark.django_db
def test_an_alert_is_one_row_and_one_mail_to_each_however_often_it_is_noticed():
    first = raise_alert(**LOW)
    again = raise_alert(**{**LOW, "text": "KES 900 left."})
    assert again.pk == first.pk
    assert (again.times, again.text) == (2, "KES 1,000 left.")
    assert again.last_seen_at > first.opened_at
    mails = Message.objects.order_by("to")
    assert [mail.to for mail in mails] == ["a@example.com", "b@example.com"]
    assert "The payout float is low" in mails[0].subject
    assert "KES 1,000 left." in mails[0].text
    assert "KES 1,000 left." in mails[0].html
    assert not AlertCall.objects.exists(), "nobody asked for a webhook"


@pytest.mark.django_db
def test_once_it_is_over_it_can_be_raised_anew():
    raise_alert(**LOW)
    raise_alert(**{**LOW, "key": "float:stripe"})
    assert clear_alert(key="float:mpesa") is True
    assert clear_alert(key="float:mpesa") is False
    assert [alert.key for alert in open_alerts()] == ["float:stripe"]
    raise_alert(**LOW)
    assert [alert.key for alert in open_alerts()] == ["float:mpesa", "float:stripe"]
    assert Alert.objects.count() == 3


@pytest.mark.django_db
def test_the_webhook_hears_of_the_beginning_and_the_end_signed(hook: Hook):
    raise_alert(**LOW)
    raise_alert(**LOW)
    assert (call_webhook(), call_webhook()) == (1, 0)
    clear_alert(key="float:mpesa")
    assert call_webhook() == 1
    assert hook.news() == [("opened", "float:mpesa"), ("closed", "float:mpesa")]
    headers, body = hook.heard[0]
    moment, signature = (part.partition("=")[2] for part in headers["Sokoni-Signature"].split(","))
    assert hmac.new(b"between us", moment.encode() + b"." + body, hashlib.sha256).hexdigest() == signature
    assert json.loads(body)["text"] == "KES 1,000 left."


@pytest.mark.django_db
def test_a_webhook_that_is_away_is_tried_again_later_and_later(hook: Hook):
    hook.status = 503
    raise_alert(**LOW)
    assert call_webhook() == 0
    waiting = AlertCall.objects.get()
    assert (waiting.attempts, waiting.taken_at) == (1, None)
    assert "503" in waiting.last_error
    assert call_webhook() == 0, "not before its time"
    assert len(hook.heard) == 1
    hook.status = 200
    with time_machine.travel(clock.now().replace(microsecond=0) + (waiting.due_at - clock.now()) * 2):
        assert call_webhook() == 1
    waiting.refresh_from_db()
    assert (waiting.due_at, waiting.last_error) == (None, "")


@pytest.mark.django_db
def test_nobody_there_at_all_is_given_up_after_a_day(settings: LazySettings):
    settings.ALERT_WEBHOOK = "http://127.0.0.1:9/alerts"
    raise_alert(**LOW)
    moment = clock.now()
    for _ in range(11):
        with time_machine.travel(moment):
            assert call_webhook() == 0
        moment += dt.timedelta(days=1)
    call = AlertCall.objects.get()
    assert (call.due_at, call.taken_at, call.attempts) == (None, None, 11)
    assert Alert.objects.get().closed_at is None, "the row on the desk and the mail are still there"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["not an address", "ftp://example.com", "http://[::1"])
def test_an_address_that_is_none_breaks_nothing(settings: LazySettings, address: str):
    settings.ALERT_WEBHOOK = address
    raise_alert(**LOW)
    assert call_webhook() == 0
    assert AlertCall.objects.get().last_error


def test_noticed_by_eight_at_once_it_is_one_alert(committed_db: str):
    gate = threading.Barrier(8)

    def notice(_: int) -> int:
        gate.wait()
        try:
            return raise_alert(**LOW).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(notice, range(8)))) == 1
    assert Alert.objects.get().times == 8
    assert Message.objects.count() == 2
