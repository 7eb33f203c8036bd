"""One running site for all faults, in production's shape as far as this machine goes: with Redis when it is installed.

Each test sells an event of its own to phones of its own, and mends what it broke.
"""

import shutil
from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from marketplace.payments.models import ProviderToken
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
}
SETTINGS = {"OUTBOX_LEASE_SECONDS": 8, "PROVIDER_ANSWER_SECONDS": 3}


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
    ProviderToken.objects.all().delete()  # the provider has forgotten it as well
    return running
