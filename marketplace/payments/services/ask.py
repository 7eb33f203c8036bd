"""Asking a provider: one racer per payment and pause, outside any transaction."""

import datetime as dt
from dataclasses import replace

from django.db.models import F, Q

from marketplace.core import clock
from marketplace.payments.models import Payment
from marketplace.payments.providers import provider
from marketplace.payments.providers.base import Outcome


def ask(payment: Payment, *, close: bool = False) -> Outcome | None:
    """What the provider says now; None when someone asked a moment ago (providers throttle questions).

    `close`: ask it to give the payment up as well.
    """
    maker = provider(payment.provider)
    if not _claim_question(payment, maker.query_pause_seconds):
        return None
    return maker.expire(payment) if close else maker.query(payment)


def _claim_question(payment: Payment, pause: int) -> bool:
    quiet = Q(checked_at__isnull=True) | Q(checked_at__lte=clock.now() - dt.timedelta(seconds=pause))
    mine = Payment.objects.filter(quiet, pk=payment.pk)
    return mine.update(checked_at=clock.now(), checks=F("checks") + 1) == 1


def with_claim(outcome: Outcome, claim: Outcome | None) -> Outcome:
    """A confirmed success, with what only the message told: Daraja's query knows neither receipt nor amount."""
    if claim is None or claim.state != "paid" or outcome.state != "paid":
        return outcome
    return replace(outcome, receipt=outcome.receipt or claim.receipt, amount=outcome.amount or claim.amount)
