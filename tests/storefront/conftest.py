from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _cold_cache() -> Iterator[None]:
    """Rows are rolled back after a test, cached values are not."""
    cache.clear()
    yield
    cache.clear()
