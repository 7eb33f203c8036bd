from collections.abc import Iterator

import pytest

from tests.factories.payments import Facts, listening


@pytest.fixture
def facts() -> Iterator[Facts]:
    """What payments tell other rooms."""
    with listening() as heard:
        yield heard
