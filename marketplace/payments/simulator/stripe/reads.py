"""The read-only endpoints: charges, balance transactions, disputes, events."""

from marketplace.payments.simulator.state import Json

from .desk import Desk
from .lists import listed


def charge(desk: Desk) -> Json:
    """GET /v1/charges/{id}."""
    return desk.get("charge", desk.path["id"])


def charges(desk: Desk) -> Json:
    """GET /v1/charges."""
    wanted = {
        name: desk.params[name] for name in ("payment_intent", "transfer_group", "customer") if name in desk.params
    }
    return listed(desk, "/v1/charges", desk.find("charge", **wanted))


def balance_transaction(desk: Desk) -> Json:
    """GET /v1/balance_transactions/{id}."""
    return desk.get("balance_transaction", desk.path["id"])


def balance_transactions(desk: Desk) -> Json:
    """GET /v1/balance_transactions."""
    wanted = {name: desk.params[name] for name in ("source", "type", "currency") if name in desk.params}
    rows = desk.find("balance_transaction", **wanted)
    if "payout" in desk.params:
        desk.get("payout", desk.params["payout"], "payout")
        rows = [row for row in rows if row.get("_payout") == desk.params["payout"]]
    return listed(desk, "/v1/balance_transactions", rows)


def dispute(desk: Desk) -> Json:
    """GET /v1/disputes/{id}."""
    return desk.get("dispute", desk.path["id"])


def disputes(desk: Desk) -> Json:
    """GET /v1/disputes."""
    wanted = {name: desk.params[name] for name in ("charge", "payment_intent") if name in desk.params}
    return listed(desk, "/v1/disputes", desk.find("dispute", **wanted))


def event(desk: Desk) -> Json:
    """GET /v1/events/{id}."""
    return desk.get("event", desk.path["id"])


def events(desk: Desk) -> Json:
    """GET /v1/events, by type, types and whether all webhooks of it have arrived."""
    rows = desk.find("event")
    types = desk.params.get("types") or [desk.params[name] for name in ("type",) if name in desk.params]
    if types:
        rows = [row for row in rows if any(matches(row["type"], kind) for kind in types)]
    arrived = desk.params.get("delivery_success")
    if arrived is not None:
        rows = [row for row in rows if (row["pending_webhooks"] == 0) == arrived]
    return listed(desk, "/v1/events", rows)


def matches(kind: str, wanted: str) -> bool:
    """Compare an event type with a name or a `charge.*` pattern."""
    return kind.startswith(wanted[:-1]) if wanted.endswith("*") else kind == wanted
