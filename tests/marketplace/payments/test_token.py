"""One token for all: a new one kills the old one, so it is fetched by one process at a time."""

import datetime as dt
import threading
import time

import pytest
from django.db import connections

from marketplace.core import clock
from marketplace.payments.models import ProviderToken
from marketplace.payments.providers.base import Unavailable
from marketplace.payments.providers.mpesa import token as module
from marketplace.payments.providers.mpesa.token import access_token


class Office:
    """Hands out numbered tokens, slowly."""

    def __init__(self, *, life: int = 3599, slow: float = 0.0, closed: bool = False) -> None:
        self.asked, self.life, self.slow, self.closed = 0, life, slow, closed

    def __call__(self) -> tuple[str, int]:
        self.asked += 1
        time.sleep(self.slow)
        if self.closed:
            raise Unavailable("no_token")
        return f"token-{self.asked}", self.life


@pytest.mark.django_db
def test_it_is_fetched_once_and_kept_encrypted() -> None:
    office = Office()
    assert access_token(name="mpesa", fetch=office) == ("token-1", 1)
    assert access_token(name="mpesa", fetch=office) == ("token-1", 1)
    assert office.asked == 1
    row = ProviderToken.objects.get()
    assert "token-1" not in row.ciphertext
    assert row.expires_at is not None
    assert row.expires_at < clock.now() + dt.timedelta(seconds=3599)


@pytest.mark.django_db
def test_a_dead_one_is_replaced_once_however_many_noticed() -> None:
    office = Office()
    access_token(name="mpesa", fetch=office)
    assert access_token(name="mpesa", fetch=office, newer_than=1) == ("token-2", 2)
    assert access_token(name="mpesa", fetch=office, newer_than=1) == ("token-2", 2)
    assert office.asked == 2


@pytest.mark.django_db
def test_it_is_renewed_before_it_ends() -> None:
    office = Office()
    access_token(name="mpesa", fetch=office)
    ProviderToken.objects.update(expires_at=clock.now())
    assert access_token(name="mpesa", fetch=office)[0] == "token-2"


@pytest.mark.django_db
def test_a_failed_fetch_leaves_the_way_free() -> None:
    with pytest.raises(Unavailable):
        access_token(name="mpesa", fetch=Office(closed=True))
    assert access_token(name="mpesa", fetch=Office()) == ("token-1", 1)


@pytest.mark.django_db
def test_the_lease_of_a_dead_process_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.3)
    ProviderToken.objects.create(provider="mpesa", lease_until=clock.in_seconds(20))
    with pytest.raises(Unavailable):
        access_token(name="mpesa", fetch=Office())
    ProviderToken.objects.update(lease_until=clock.now() - dt.timedelta(seconds=1))
    assert access_token(name="mpesa", fetch=Office())[0] == "token-1"


def test_six_at_once_fetch_one(committed_db: str) -> None:
    office, found, barrier = Office(slow=0.3), [], threading.Barrier(6)

    def work() -> None:
        barrier.wait()
        try:
            found.append(access_token(name="mpesa", fetch=office))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [("token-1", 1)] * 6
    assert office.asked == 1
