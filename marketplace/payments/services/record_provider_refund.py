"""A refund as Stripe has it: one of ours, or one that someone made in Stripe's dashboard."""

import uuid
from typing import Any

from django.db import transaction
from django.db.models import Q

from marketplace.core import clock, outbox
from marketplace.core.money import Money
from marketplace.notifications.services import raise_alert
from marketplace.payments.models import Payment, PaymentEvent, Refund, RefundCover
from marketplace.payments.providers.stripe import refunds
from marketplace.payments.services.book_refund import book_cover
from marketplace.payments.services.record_refund import lock, record_refund, succeed
from marketplace.payments.services.story import tell

Status = Refund.Status
CALLBACK = str(PaymentEvent.Source.CALLBACK)
GONE = ("failed", "canceled")


class NoRoom(Exception):
    """Given back at the provider, and not to be found here: more than is left of the payment."""


def record_provider_refund(*, found: dict[str, Any]) -> Refund | None:
    """Write down what Stripe, asked, says of a refund. None when it is of no payment of ours. Raises `NoRoom`."""
    ours = _ours(found)
    if ours is not None:
        outcome, attempt = refunds.of_refund(found), _attempt_of(found, ours)
        return record_refund(refund_id=ours.pk, outcome=outcome, source=CALLBACK, attempt=attempt)
    payment = _payment(found)
    amount = refunds.amount_of(found)
    if found.get("status") in GONE:
        return _tell_of_cover(found["id"])
    if payment is None or amount is None:
        return None
    return _made_outside(payment, found["id"], amount)


def _ours(found: dict[str, Any]) -> Refund | None:
    """By Stripe's name for it, or by ours when the answer to its making was lost."""
    known = Refund.objects.filter(external_id=found["id"]).first()
    if known is not None:
        return known
    try:
        named = uuid.UUID(str((found.get("metadata") or {}).get("refund_id")))
    except ValueError:
        return None
    return Refund.objects.filter(pk=named, payment__provider="stripe").first()


def _attempt_of(found: dict[str, Any], ours: Refund) -> int:
    """Which try the news is about; one made in the dashboard does not say, and is the one we know under its name.

    Unless that was settled another way since, and keeps the name of what had failed: then of none that counts.
    """
    named = str((found.get("metadata") or {}).get("attempt", ""))
    if named.isdecimal():
        return int(named)
    covered = ours.status == Status.SUCCEEDED and ours.covers.exists()
    return 0 if ours.method == Refund.Method.MANUAL or covered else ours.attempt


def _tell_of_cover(name: str) -> Refund | None:
    """It had paid what had failed here, and has not come about: a person must give it back another way."""
    cover = RefundCover.objects.filter(name=name).select_related("refund__payment").first()
    if cover is None:
        return None
    payment = cover.refund.payment
    raise_alert(
        code="refund_cover_failed", key=f"refund_cover_failed:{name}",
        subject=f"A refund made at Stripe has failed: {name}",
        text=f"It had paid refunds of {payment.reference} that failed here, and they count as given back. The payer has"
        " not got them: give them the money another way, and see the daily comparison.",
    )  # fmt: skip
    return cover.refund


def _payment(found: dict[str, Any]) -> Payment | None:
    rows = Payment.objects.filter(provider="stripe")
    intent, charge = found.get("payment_intent"), found.get("charge")
    by_intent = rows.filter(external_ref=intent).first() if intent else None
    return by_intent or (rows.filter(receipt=charge).first() if charge else None)


@transaction.atomic
def _made_outside(payment: Payment, name: str, amount: Money) -> Refund:
    payment = Payment.locked(payment.pk)
    known = payment.refunds.filter(Q(external_id=name) | Q(covers__name=name)).first()
    if known is not None:
        return known
    failed = payment.refunds.filter(status=Status.FAILED, covers=None).order_by("created_at")
    same = failed.filter(amount_minor=amount.minor).first()
    if same is not None:
        return _paid_for_us(same, name)
    if amount.currency != payment.currency:
        raise NoRoom(name)
    covers = _cover_owed(payment, name, amount.minor)
    rest = amount.minor - sum(cover.amount_minor for cover in covers)
    if rest > payment.amount_minor - payment.refunded_minor:
        raise NoRoom(name)
    return _write(payment, name, Money(rest, amount.currency)) if rest else covers[-1].refund


def _cover_owed(payment: Payment, name: str, minor: int) -> list[RefundCover]:
    """More came back to the payer in the dashboard than is left here: it paid what had failed here as well.

    That is usually why those failed: Stripe had not that much left of the charge. What it does not cover stays owed.
    """
    over = minor - (payment.amount_minor - payment.refunded_minor)
    covers: list[RefundCover] = []
    for owed in payment.refunds.filter(status=Status.FAILED).order_by("created_at"):
        done = sum(cover.amount_minor for cover in covers)
        if done < over:
            covers.append(_cover(lock(owed.pk), name, minor - done))
    return covers


def _cover(refund: Refund, name: str, most: int) -> RefundCover:
    """Book what of it is covered. Covered whole, it has succeeded."""
    left = refund.left_minor
    cover = RefundCover.objects.create(refund=refund, name=name, amount_minor=min(left, most))
    book_cover(cover)
    tell(refund.payment, source=CALLBACK, kind="refund_covered", refund=refund.pk, name=name,
         amount_minor=cover.amount_minor)  # fmt: skip
    if cover.amount_minor == left:
        refund.attempt += 1
        refund.evidence = f"given back in Stripe's dashboard with {name}"
        refund.save(update_fields=["attempt", "evidence"])
        succeed(refund, source=CALLBACK)
    else:
        outbox.publish("payments.refund_covered", refund_id=str(refund.pk))
    return cover


def _paid_for_us(owed: Refund, name: str) -> Refund:
    """Someone has given back in the dashboard what had failed here: the same money, not another refund."""
    refund = lock(owed.pk)
    refund.external_id, refund.attempt = name, refund.attempt + 1
    refund.method = Refund.Method.PROVIDER
    refund.save(update_fields=["external_id", "attempt", "method"])
    succeed(refund, source=CALLBACK)
    return refund


def _write(payment: Payment, name: str, amount: Money) -> Refund:
    payment.refunded_minor += amount.minor
    payment.save(update_fields=["refunded_minor"])
    refund = Refund.objects.create(
        payment=payment, key=f"outside:{name}"[:160], amount_minor=amount.minor, origin=Refund.Origin.OUTSIDE,
        status=Status.SUCCEEDED, external_id=name, settled_at=clock.now(),
    )  # fmt: skip
    tell(payment, source=CALLBACK, kind="refunded_outside", refund=refund.pk, amount_minor=amount.minor, name=name)
    outbox.publish(
        "payments.refunded_outside",
        refund_id=str(refund.pk), payment_id=str(payment.pk), reference=payment.reference,
    )  # fmt: skip
    return refund
