"""What the providers believe, in one form for both: the other side of a reconciliation."""

from typing import Any

from .state import Json
from .world import World


def ledger(world: World) -> dict[str, list[Json]]:
    """Return payments and refunds, oldest first. Amounts are minor units, also for M-Pesa (KES 1 is 100)."""
    payments = [*stripe_payments(world), *daraja_payments(world), *c2b_payments(world)]
    refunds = [stripe_refund(doc) for doc in world.state.find("refund")]
    disputes = [
        one(doc, doc["id"], doc["amount"], status=doc["status"], charge=doc["charge"])
        for doc in world.state.find("dispute")
    ]
    return {"payments": sorted(payments, key=lambda row: float(row["at"])), "refunds": refunds, "disputes": disputes}


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
    """Return the charges that succeeded."""
    fees = {entry["source"]: entry["fee"] for entry in world.state.find("balance_transaction", type="charge")}
    sessions = {doc["payment_intent"]: doc for doc in world.state.find("checkout.session") if doc["payment_intent"]}
    rows = []
    for charge in world.state.find("charge", status="succeeded"):
        session = sessions.get(charge["payment_intent"], {})
        rows.append(
            one(
                charge, charge["id"], charge["amount"], kind="card", fee_minor=fees.get(charge["id"]),
                refunded_minor=charge["amount_refunded"], payment_intent=charge["payment_intent"],
                session=session.get("id"), reference=session.get("client_reference_id"), metadata=charge["metadata"],
            )
        )  # fmt: skip
    return rows


def stripe_refund(doc: Json) -> Json:
    """Return one refund, also a failed one."""
    return one(
        doc, doc["id"], doc["amount"], charge=doc["charge"], payment_intent=doc["payment_intent"], status=doc["status"]
    )


def daraja_payments(world: World) -> list[Json]:
    """Return the pushes that were paid, whatever callbacks said or did not say."""
    return [
        money(push, "stk", push["ended"])
        | {"checkout_request_id": push["id"], "merchant_request_id": push["merchant_request_id"]}
        for push in world.state.find("stk", result_code="0")
    ]


def c2b_payments(world: World) -> list[Json]:
    """Return what was paid to the shortcode by hand."""
    return [money(doc, "c2b", doc["created"]) for doc in world.state.find("c2b_payment")]


def money(doc: Json, kind: str, at: float) -> Json:
    """Return one M-Pesa row; the payee's fee is left out of the simulation."""
    row = {
        "provider": "daraja",
        "kind": kind,
        "id": doc["receipt"],
        "at": at,
        "amount_minor": doc["amount"] * 100,
        "currency": "KES",
    }
    return row | {"fee_minor": 0, "refunded_minor": 0, "reference": doc["reference"], "msisdn": doc["msisdn"]}
