import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def fresh_cache():
    """Limits are counted in the cache: no test inherits another's."""
    cache.clear()
