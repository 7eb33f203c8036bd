"""What time it is. One name, so that a test can hold the clock (time-machine) and a reader can find every use."""

import datetime as dt

from django.utils import timezone


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return timezone.now()


def in_seconds(seconds: float) -> dt.datetime:
    """The moment `seconds` from now."""
    return now() + dt.timedelta(seconds=seconds)
