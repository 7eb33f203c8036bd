"""A worker killed while money is on its way out: it leaves once all the same, and its outcome is found."""

import datetime as dt

import httpx
import pytest

from marketplace.core import clock
from marketplace.payments.models import Disbursement, InboxMessage, ProviderToken
from tests.factories.disbursements import disburse
from tests.stack import Stack

B2C = "/mpesa/b2c/"
OAUTH = "/oauth/"
HOUR = 3600
"""Seconds by the simulator's clock: what falls due then waits until the clock is moved."""


def fresh(disbursement: Disbursement) -> Disbursement:
    return Disbursement.objects.get(pk=disbursement.pk)


def left(site: Stack, disbursement: Disbursement) -> list[int]:
    """What M-Pesa really sent for it, in shillings, one number per transfer."""
    rows = site.look("initiated", api="b2c", ref=disbursement.key)
    return [row["amount"] for row in rows if row["receipt"]]


def look_now(disbursement: Disbursement) -> None:
    """As if the dead worker's leases had run out: on the transfer, and on fetching a token."""
    past = clock.now() - dt.timedelta(seconds=120)
    Disbursement.objects.filter(pk=disbursement.pk).update(checked_at=past, next_check_at=past)
    ProviderToken.objects.update(lease_until=None)


def asked_again(disbursement: Disbursement) -> Disbursement:
    """As if the time of the next question had come."""
    Disbursement.objects.filter(pk=disbursement.pk, next_check_at__isnull=False).update(next_check_at=clock.now())
    return fresh(disbursement)


def paid(site: Stack, sent: Disbursement) -> Disbursement:
    site.until(lambda: fresh(sent).status == "paid", what="the transfer is paid")
    assert left(site, sent) == [713]
    assert fresh(sent).events.filter(kind="moved", data__after="paid").count() == 1
    return fresh(sent)


def to_phone(number: int, suffix: str = "999") -> dict[str, str]:
    return {"phone": f"+25470{number:04d}{suffix}"}


def test_between_acceptance_and_our_note_of_it(site: Stack) -> None:
    site.control("fault", kind="timeout_after", path=B2C, seconds=9)
    sent = disburse(destination=to_phone(1), key="payout-killed-1")
    site.until(lambda: site.look("initiated", api="b2c", ref=sent.key), what="M-Pesa has accepted it")
    site.kill("worker")
    row = fresh(sent)
    assert (row.status, row.external_id) == ("created", None)
    assert row.sent_at is not None
    look_now(sent)
    site.start("worker")
    row = paid(site, sent)
    assert row.events.filter(kind="accepted_before").exists(), "asked for again under its own key, it was known"


def test_before_the_request_has_left(site: Stack) -> None:
    site.control("fault", kind="slow", path=OAUTH, seconds=9)
    sent = disburse(destination=to_phone(2), key="payout-killed-2")
    site.until(lambda: site.look("requests", path=OAUTH, fault="slow"), what="a token is asked for")
    site.kill("worker")
    assert fresh(sent).status == "created"
    assert left(site, sent) == []
    look_now(sent)
    site.start("worker")
    paid(site, sent)
    assert len(site.look("requests", path=B2C)) == 1


def test_while_the_result_waits_to_be_thought_about(site: Stack) -> None:
    """The message is stored before anybody thinks about it: a dead worker loses nothing."""
    site.control("settings", result_delay=HOUR)
    sent = disburse(destination=to_phone(3), key="payout-killed-3")
    site.until(lambda: fresh(sent).status == "sent", what="M-Pesa has accepted it")
    site.kill("worker")
    site.control("clock", advance=HOUR)
    about = InboxMessage.objects.filter(about=f"disbursement:{sent.pk}")
    site.until(lambda: about.filter(kind="b2c.result").exists(), what="the web server has stored the result")
    assert fresh(sent).status == "sent"
    site.control("settings", result_delay=0.1)
    site.start("worker")
    paid(site, sent)


def test_no_answer_and_no_result_in_time(site: Stack) -> None:
    """Accepted, but the answer never comes; the result comes twice, before anybody knows its name."""
    site.control("fault", kind="timeout_after", path=B2C, seconds=9)
    sent = disburse(destination=to_phone(4, "222"), key="payout-killed-4")
    site.until(lambda: fresh(sent).status in ("unknown", "sent", "paid"), what="the worker has given up waiting")
    Disbursement.objects.filter(pk=sent.pk, status="unknown").update(next_check_at=clock.now())
    paid(site, sent)


def test_a_queue_timeout_and_a_success_much_later(site: Stack) -> None:
    site.control("settings", result_delay=5, late_seconds=HOUR)
    sent = disburse(destination=to_phone(5, "037"), key="payout-killed-5")
    site.until(lambda: fresh(sent).status == "unknown", what="the queue timeout has arrived")
    assert left(site, sent) == []
    site.control("settings", result_delay=0.1)
    site.control("clock", advance=HOUR)
    paid(site, sent)
    assert len(site.look("requests", path=B2C)) == 1


def test_the_web_server_dead_when_the_result_comes(site: Stack) -> None:
    """The result is sent once and lost: the question finds out."""
    sent = disburse(destination=to_phone(6), key="payout-killed-6")
    site.until(lambda: fresh(sent).status != "created", what="M-Pesa has accepted it")
    site.kill("web")
    try:
        site.until(lambda: left(site, sent), what="M-Pesa has paid")
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"{site.base_url}/healthz/live", timeout=2, trust_env=False)
    finally:
        site.start("web")
    site.until(lambda: asked_again(sent).status == "paid", what="the answer to a question comes")
    paid(site, sent)
