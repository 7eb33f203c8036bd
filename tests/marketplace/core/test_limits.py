import pytest
import time_machine
from django.core.cache import cache

from marketplace.core.errors import TooMany
from marketplace.core.limits import at_most


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


def test_so_many_and_no_more_until_the_window_has_passed():
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        for _ in range(3):
            at_most(3, seconds=60, scope="test", who="asha")
        with pytest.raises(TooMany) as caught:
            at_most(3, seconds=60, scope="test", who="asha")
        assert caught.value.details == {"retry_after_seconds": 60}
        clock.shift(60)
        at_most(3, seconds=60, scope="test", who="asha")


def test_visitors_and_scopes_are_counted_apart():
    at_most(1, seconds=60, scope="test", who="asha")
    at_most(1, seconds=60, scope="test", who="juma")
    at_most(1, seconds=60, scope="other", who="asha")


def test_a_cache_that_is_away_keeps_nobody_out(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    for _ in range(5):
        at_most(1, seconds=60, scope="test", who="asha")
