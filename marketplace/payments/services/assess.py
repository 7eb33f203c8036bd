import uuid
from typing import Any

from django.db import transaction

from marketplace.payments import conf
from marketplace.payments.models import Assessment, Payment, PaymentClient
from marketplace.payments.risk.case import Case, case_of
from marketplace.payments.risk.rules import rules


@transaction.atomic
def assess(*, payment_id: uuid.UUID | str) -> Assessment:
    """Look at a payment with every rule and keep score and reasons, once: asked again, the first answer stands.

    Reads rows only, asks no provider: it may be called in the transaction that settles an order.
    """
    payment = Payment.objects.get(pk=payment_id)
    found = Assessment.objects.filter(payment=payment).first()
    if found is not None:
        return found
    remember_card(payment_id=payment_id)
    findings = _findings(case_of(payment))
    score = sum(one["weight"] for one in findings)
    bound = conf.risk().hold_score
    values = {"score": score, "findings": findings, "holds": bool(bound) and score >= bound}
    return Assessment.objects.get_or_create(payment=payment, defaults=values)[0]


def _findings(case: Case) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for rule in rules(conf.risk().rules):
        count = rule.count(case)
        if count >= rule.bound:
            found.append({"code": rule.code, "weight": rule.weight, "count": count})
    return sorted(found, key=lambda one: -one["weight"])


def remember_card(*, payment_id: uuid.UUID | str) -> None:
    """Note the fingerprint of the card that was tried, beside who tried it, where it can be erased with them."""
    case = case_of(Payment.objects.get(pk=payment_id))
    if case.cards and not case.client.card:
        PaymentClient.objects.filter(payment=case.payment).update(card=min(case.cards))
