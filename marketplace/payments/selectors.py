"""Reading payments."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.core.money import Money, format_money
from marketplace.payments.errors import AmountNotPayable
from marketplace.payments.models import Payment
from marketplace.payments.providers import provider, providers
from marketplace.payments.providers.base import PaymentProvider


@dataclass(frozen=True)
class Method:
    """A way to pay. `reason_unavailable` is empty when it can be used for the amount in question."""

    slug: str
    label: str | Promise
    reason_unavailable: str = ""


def payments_of(reference: str) -> QuerySet[Payment]:
    """Every attempt, newest first."""
    return Payment.objects.filter(reference=reference).order_by("-attempt")


def latest_payment(reference: str) -> Payment | None:
    return payments_of(reference).first()


def live_payment(reference: str) -> Payment | None:
    """The attempt that may still be paid; there is at most one."""
    return payments_of(reference).filter(status__in=Payment.LIVE).first()


def explain(payment: Payment) -> str:
    """Why it failed and what to do next, in the reader's language; empty when there is nothing to explain."""
    return str(provider(payment.provider).explain(payment.failure_code) or payment.failure_text)


def available_methods(amount: Money) -> list[Method]:
    """Every way to pay, with the reason why one cannot be used for this amount."""
    return [Method(maker.slug, maker.label, _why_not(maker, amount)) for maker in providers()]


def _why_not(maker: PaymentProvider, amount: Money) -> str:
    if not maker.configured():
        return str(_("Not available right now."))
    if amount.currency not in maker.currencies():
        return str(_("Not available in %(currency)s.") % {"currency": amount.currency})
    smallest, largest = maker.limits(amount.currency)
    if amount.minor < smallest:
        return str(_("From %(amount)s on.") % {"amount": format_money(Money(smallest, amount.currency))})
    if amount.minor > largest:
        return str(_("Up to %(amount)s.") % {"amount": format_money(Money(largest, amount.currency))})
    try:
        maker.check(amount)
    except AmountNotPayable as refusal:
        return str(refusal)
    return ""
