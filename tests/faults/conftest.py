"""One running site for all faults, in production's shape as far as this machine goes: with Redis when it is installed.

Each test sells an event of its own to phones of its own, and mends what it broke.
"""

import shutil
from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from marketplace.payments.models import (
    Disbursement,
    InboxMessage,
    PaybillReceipt,
    Payment,
    ProviderToken,
    Refund,
)
from tests import databases
from tests.services import RedisServer
from tests.stack import Stack

BEAT = {
    "core.drain_outbox": 1.0,
    "payments.process_inbox": 1.0,
    "payments.reconcile": 1.0,
    "payments.reconcile_disbursements": 1.0,
    "notifications.send_waiting": 1.0,
    "commerce.release_expired": 2.0,
    # What these find, tests here lose on purpose; they find it in tests of their own.
    "payments.sweep_messages": 86400.0,
    "payments.ask_balances": 86400.0,
    "payments.watch": 86400.0,
}
SETTINGS = {"OUTBOX_LEASE_SECONDS": 8, "PROVIDER_ANSWER_SECONDS": 6, "WORKER_SILENCE_SECONDS": 0}
"""A fault that shall outlast the wait for an answer lasts 9 seconds; a program is killed well before that."""


@pytest.fixture(scope="session")
def broker() -> Iterator[RedisServer | None]:
    """The site's own Redis; None when it is not installed, and the site then uses its broker of files."""
    server = RedisServer() if shutil.which("redis-server") else None
    if server:
        server.start()
    yield server
    if server:
        server.stop()


@pytest.fixture(scope="session")
def running(django_db_setup: None, django_db_blocker: DjangoDbBlocker, broker: RedisServer | None) -> Iterator[Stack]:
    with django_db_blocker.unblock(), databases.cloned() as url:
        stack = Stack(url, redis_url=broker.url if broker else "", beat=BEAT, settings=SETTINGS)
        try:
            yield stack.start()
        finally:
            stack.stop()


@pytest.fixture
def site(running: Stack) -> Stack:
    """Everything runs, and the providers have forgotten all earlier tests."""
    missing = [name for name in running.programs if name not in running.running]
    assert not missing, f"an earlier test left {missing} dead"
    running.control("reset")
    running.control("settings", prompt_seconds=3600)  # a buyer here takes as long as the machine does
    ProviderToken.objects.all().delete()  # the provider has forgotten it as well
    leave_in_peace()
    return running


def leave_in_peace() -> None:
    """Nobody asks on behalf of earlier tests: the question would meet the fault that this test has ordered."""
    for model in (Payment, Refund, Disbursement, PaybillReceipt):
        model._default_manager.filter(next_check_at__isnull=False).update(next_check_at=None)
    InboxMessage.objects.filter(status="waiting").update(status="ignored", note="its test is over")
