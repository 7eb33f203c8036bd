"""What M-Pesa knows: prompts that were paid, bills, reversals, transfers to phones, and what the short codes hold."""

import re
from collections import Counter
from collections.abc import Collection
from typing import Any

from marketplace.backoffice.demo.remembered.cards import moment
from marketplace.ledger import selectors as books
from marketplace.ledger.accounts import Code
from marketplace.payments import conf
from marketplace.payments.models import Disbursement, Item, PaybillReceipt, Payment, Refund, StatementLine
from marketplace.payments.rails.base import destination_of

Row = dict[str, Any]
MPESA = "mpesa"
Paybill = PaybillReceipt.Status
HERE = (Paybill.MATCHED, Paybill.UNALLOCATED, Paybill.RETURNED)
SOMEBODY = "254700000"
"""The beginning of numbers we never learned; M-Pesa shows us the end of them."""


def prompts() -> list[Row]:
    """Paid ones."""
    rows = Payment.objects.filter(provider=MPESA, status=Payment.Status.SUCCEEDED, external_id__isnull=False)
    return [
        {
            "kind": "stk", "id": payment.receipt, "at": moment(payment.settled_at or payment.created_at),
            "initiated": moment(payment.created_at), "amount_minor": payment.amount_minor, "msisdn": payer(payment),
            "reference": payment.reference, "checkout_request_id": payment.external_id,
            "merchant_request_id": payment.external_ref, "shortcode": conf.mpesa().shortcode,
        }
        for payment in rows.select_related("client") if payment.receipt
    ]  # fmt: skip


def payer(payment: Payment) -> str:
    client = getattr(payment, "client", None)
    return client.phone.removeprefix("+") if client and client.phone else f"{SOMEBODY}700"


def bills(prompted: Collection[str]) -> list[Row]:
    """Paid by hand, in whatever way they were matched. `prompted`: receipts of prompts, which are no bills."""
    rows = PaybillReceipt.objects.filter(status__in=HERE)
    return [
        bill(row.receipt, moment(row.paid_at), row.amount_minor, row.shortcode, row.reference_typed, row.payer_hint)
        for row in rows if row.receipt not in prompted
    ]  # fmt: skip


def strangers() -> list[Row]:
    """What a statement tells and we do not have: it was M-Pesa that said so. Shillings only, as people pay."""
    lines = StatementLine.objects.filter(provider=MPESA, item=Item.PAYMENT, minor__gt=0, completed=True)
    ours = {*Payment.objects.filter(provider=MPESA).values_list("receipt", flat=True)}
    ours |= {*PaybillReceipt.objects.values_list("receipt", flat=True)}
    return [
        bill(line.name, moment(line.at), line.minor, line.account, line.reference)
        for line in lines if line.name not in ours and line.minor % 100 == 0
    ]  # fmt: skip


def bill(receipt: str, at: float, minor: int, shortcode: str, typed: str, hint: str = "") -> Row:
    end = re.search(r"\*\s*(\d{3})\b", hint)
    row: Row = {"kind": "c2b", "id": receipt, "at": at, "amount_minor": minor, "shortcode": shortcode}
    return row | {"msisdn": f"{SOMEBODY}{end.group(1) if end else '700'}", "reference": typed}


def reversals(came: Collection[str]) -> list[Row]:
    """Whole payments that were given back, of those that `came`."""
    rows = Refund.objects.filter(
        payment__provider=MPESA, method=Refund.Method.PROVIDER, status=Refund.Status.SUCCEEDED
    ).select_related("payment")
    return [
        {
            "id": refund.receipt or f"R{refund.payment.receipt}", "original": refund.payment.receipt,
            "at": moment(refund.settled_at or refund.created_at), **named(refund.external_id, str(refund.pk)),
        }
        for refund in rows if refund.payment.receipt in came
    ]  # fmt: skip


def payouts() -> list[Row]:
    """Transfers that arrived."""
    rows = Disbursement.objects.filter(rail=Disbursement.Rail.MPESA_B2C, status=Disbursement.Status.PAID)
    return [
        {
            "id": row.receipt, "at": moment(row.settled_at or row.created_at), "amount_minor": row.amount_minor,
            "fee_minor": row.fee_minor or 0, "msisdn": str(destination_of(row)["phone"]).removeprefix("+"),
            "reference": row.reference, "shortcode": conf.mpesa().b2c_shortcode, **named(row.key, row.external_id or ""),
        }
        for row in rows.exclude(receipt="")
    ]  # fmt: skip


def named(ours: str | None, theirs: str) -> Row:
    return {"originator_conversation_id": ours or theirs, "conversation_id": theirs or ours}


def opening(came: list[Row], back: list[Row], sent: list[Row]) -> dict[str, int]:
    """What the short codes held before, so that they hold afterwards what our books say they do."""
    keys = conf.mpesa()
    worth = {row["id"]: int(row["amount_minor"]) for row in came}
    moved = Counter({keys.shortcode: sum(worth.values()) - sum(worth[row["original"]] for row in back)})
    moved[keys.b2c_shortcode] -= sum(int(row["amount_minor"]) + int(row["fee_minor"]) for row in sent)
    held = Counter({keys.shortcode: books.balance(code=Code.MPESA_CLEARING, currency="KES")})
    held[keys.b2c_shortcode] += books.balance(code=Code.MPESA_FLOAT, currency="KES")
    return {code: max(0, held[code] - moved[code]) for code in {keys.shortcode, keys.b2c_shortcode} - {""}}
