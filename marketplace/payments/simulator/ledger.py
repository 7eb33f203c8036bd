"""What the providers believe, in one form for both: the other side of a reconciliation. README.md has its JSON."""

from typing import Any

from .state import Json
from .totals import totals
from .world import World


def ledger(world: World) -> Json:
    """Return every movement, oldest first. Amounts are minor units, also for M-Pesa (KES 1 is 100)."""
    payments = [*stripe_payments(world), *daraja_payments(world), *c2b_payments(world)]
    return {
        "payments": sorted(payments, key=lambda row: float(row["at"])),
        "refunds": [stripe_refund(doc) for doc in world.state.find("refund")],
        "disputes": [dispute(doc) for doc in world.state.find("dispute")],
        "transfers": [transfer(doc) for doc in world.state.find("transfer")],
        "transfer_reversals": [
            one(doc, doc["id"], doc["amount"], transfer=doc["transfer"], metadata=doc["metadata"])
            for doc in world.state.find("transfer_reversal")
        ],
        "bank_payouts": [
            one(doc, doc["id"], doc["amount"], status=doc["status"], automatic=doc["automatic"])
            for doc in world.state.find("payout", account="")
        ],
        "reversals": [moved(doc) for doc in world.state.find("mpesa_transaction", kind="reversal")],
        "payouts": [moved(doc) for doc in world.state.find("mpesa_transaction", kind="b2c")],
        "totals": totals(world),
    }


def one(doc: Json, row_id: str, minor: int, **more: Any) -> Json:
    """Return one Stripe row."""
    return {
        "provider": "stripe",
        "id": row_id,
        "at": doc["created"],
        "amount_minor": minor,
        "currency": doc["currency"].upper(),
        **more,
    }


def stripe_payments(world: World) -> list[Json]:
    """Return the charges that succeeded, not what connected accounts received by transfers."""
    fees = {entry["source"]: entry["fee"] for entry in world.state.find("balance_transaction", type="charge")}
    sessions = {doc["payment_intent"]: doc for doc in world.state.find("checkout.session") if doc["payment_intent"]}
    rows = []
    for charge in world.state.find("charge", status="succeeded", source_transfer=None):
        session = sessions.get(charge["payment_intent"], {})
        rows.append(
            one(
                charge, charge["id"], charge["amount"], kind="card", fee_minor=fees.get(charge["id"]),
                refunded_minor=charge["amount_refunded"], payment_intent=charge["payment_intent"],
                session=session.get("id"), reference=session.get("client_reference_id"), metadata=charge["metadata"],
                disputed=charge["disputed"],
            )
        )  # fmt: skip
    return rows


def stripe_refund(doc: Json) -> Json:
    """Return one refund, also a failed one."""
    return one(
        doc, doc["id"], doc["amount"], charge=doc["charge"], payment_intent=doc["payment_intent"],
        status=doc["status"], metadata=doc["metadata"],
    )  # fmt: skip


def dispute(doc: Json) -> Json:
    """Return one dispute with what it has taken and brought back."""
    entries = doc["balance_transactions"]
    return one(
        doc, doc["id"], doc["amount"], status=doc["status"], charge=doc["charge"],
        payment_intent=doc["payment_intent"], reason=doc["reason"], fee_minor=sum(entry["fee"] for entry in entries),
        withdrawn_minor=-sum(entry["amount"] for entry in entries if entry["amount"] < 0),
        reinstated_minor=sum(entry["amount"] for entry in entries if entry["amount"] > 0),
    )  # fmt: skip


def transfer(doc: Json) -> Json:
    """Return one transfer to a connected account."""
    return one(
        doc, doc["id"], doc["amount"], reversed_minor=doc["amount_reversed"], destination=doc["destination"],
        transfer_group=doc["transfer_group"], source_transaction=doc["source_transaction"], metadata=doc["metadata"],
    )  # fmt: skip


def daraja_payments(world: World) -> list[Json]:
    """Return the pushes that were paid, whatever callbacks said or did not say."""
    return [
        money(world, push, "stk", push["ended"])
        | {"checkout_request_id": push["id"], "merchant_request_id": push["merchant_request_id"]}
        for push in world.state.find("stk", result_code="0")
    ]


def c2b_payments(world: World) -> list[Json]:
    """Return what was paid to the shortcode by hand."""
    return [money(world, doc, "c2b", doc["created"]) for doc in world.state.find("c2b_payment")]


def money(world: World, doc: Json, kind: str, at: float) -> Json:
    """Return one M-Pesa payment; the payee's fee is left out of the simulation."""
    booked = world.state.get("mpesa_transaction", doc["receipt"]) or {}
    minor = doc["amount"] * 100
    row = {"provider": "daraja", "kind": kind, "id": doc["receipt"], "at": at, "amount_minor": minor, "currency": "KES"}
    row |= {"shortcode": doc["shortcode"], "reversed_by": booked.get("reversed_by", "")}
    row |= {"fee_minor": 0, "refunded_minor": minor if row["reversed_by"] else 0}
    return row | {"reference": doc["reference"], "msisdn": doc["msisdn"]}


def moved(doc: Json) -> Json:
    """Return one M-Pesa movement away from us: a payout or a reversal."""
    names = ("id", "kind", "at", "amount_minor", "fee_minor", "shortcode", "msisdn", "reference", "original")
    named = {"originator_conversation_id": doc["originator"], "conversation_id": doc["conversation"]}
    return {"provider": "daraja", "currency": "KES"} | {name: doc[name] for name in names} | named
