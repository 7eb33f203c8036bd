"""Reading payments."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refusal
from marketplace.core.money import Money, format_money
from marketplace.payments import conf
from marketplace.payments.errors import AmountNotPayable
from marketplace.payments.models import Dispute, Payment, Refund
from marketplace.payments.providers import provider, providers
from marketplace.payments.providers.base import PaymentProvider
from marketplace.payments.refundable import check, check_way, way_back


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


def paybill_for(amount: Money) -> str:
    """The business number people may pay this amount to from M-Pesa's own menu; empty when they cannot."""
    policy = conf.mpesa()
    if policy.transaction_type != "CustomerPayBillOnline":  # a till takes no account number
        return ""
    usable = any(method.slug == "mpesa" and not method.reason_unavailable for method in available_methods(amount))
    return policy.shortcode if usable else ""


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


def refusal_of(payment: Payment, amount_minor: int) -> Refusal | None:
    """Why so much cannot be given back now, as `reserve_refund` would say; None when it can."""
    try:
        check(payment, amount_minor)
        check_way(payment, amount_minor, way_back(payment, amount_minor))
    except Refusal as refusal:
        return refusal
    return None


def by_bank(dispute: Dispute) -> str:
    """How the evidence of a refund begins that was settled by the bank's taking."""
    return f"dispute {dispute.external_id}:"


def given_twice(dispute: Dispute) -> int:
    """Minor units the bank takes although they were given back already: ours to lose, nobody's to give back again."""
    out = Refund.objects.filter(payment=dispute.payment_id).exclude(status=Refund.Status.FAILED)
    out = out.exclude(evidence__startswith=by_bank(dispute))
    others = Dispute.objects.filter(payment=dispute.payment_id, status=Dispute.Status.LOST).exclude(pk=dispute.pk)
    gone = sum(out.values_list("amount_minor", flat=True)) + sum(others.values_list("amount_minor", flat=True))
    return max(0, min(dispute.amount_minor, gone + dispute.amount_minor - dispute.payment.amount_minor))
