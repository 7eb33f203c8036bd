"""What every test may ask for. See tests/README.md for which kind of test needs which database."""

import contextlib
import datetime as dt
import os
from collections.abc import Iterator

import pytest
import time_machine
from django.conf import settings
from django.db import connections
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django.plugin import DjangoDbBlocker

from tests import databases

# How fast examples come says something of the machine, and nothing of the code.
hypothesis_settings.register_profile("any_machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("any_machine")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slowest come first; tests marked `postgres` say on the screen why they did not run on SQLite."""
    items.sort(key=lambda item: "properties" not in item.path.parts)  # else one worker ends long after the others
    if not databases.is_sqlite(settings.DATABASES["default"]):
        return
    skip = pytest.mark.skip(reason="needs PostgreSQL: set DATABASE_URL=postgres://... (make test does)")
    for item in items:
        if item.get_closest_marker("postgres"):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, django_db_modify_db_settings: None
) -> Iterator[None]:
    """Always make the test database: pytest-django's own does not when every chosen test uses `committed_db`."""
    with contextlib.ExitStack() as made:
        with django_db_blocker.unblock():
            made.enter_context(databases.of_template() if os.environ.get(databases.TEMPLATE) else databases.migrated())
        yield
        django_db_blocker.unblock()


@pytest.fixture
def still_clock() -> Iterator[None]:
    """Time stands still: what counts within a window of the clock never sees the next one begin."""
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=False):
        yield


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A private, really committed database; yields its DATABASE_URL. For threads, other processes and on_commit.

    Use instead of `db` or `transactional_db` (which flushes, and append-only tables refuse to be flushed).
    """
    with django_db_blocker.unblock(), databases.cloned() as url:
        yield url
        connections.close_all()


@pytest.fixture
def vendor() -> str:
    """`sqlite` or `postgresql`."""
    return str(connections["default"].vendor)
