import datetime as dt

from marketplace.core import clock
from marketplace.payments.models import ProviderCall

KEPT = dt.timedelta(days=90)


def forget_calls() -> int:
    """Drop measurements older than a season; returns how many."""
    return ProviderCall.objects.filter(at__lt=clock.now() - KEPT).delete()[0]
