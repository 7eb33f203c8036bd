"""What the demo did before today. Services ask the clock; here it is set back while they work."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.utils import timezone


@contextmanager
def ago(days: float) -> Iterator[None]:
    """So many days before now, for everything that asks Django what time it is. The clock goes on meanwhile."""
    real, back = timezone.now, dt.timedelta(days=days)
    with mock.patch.object(timezone, "now", side_effect=lambda: real() - back):
        yield
