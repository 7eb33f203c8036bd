"""expand[]: replace ids by the objects they name, and add what is only there when asked for."""

from typing import Any

from marketplace.payments.simulator.state import Json

from .balance import seen
from .desk import Desk
from .errors import StripeError
from .lists import envelope

KINDS = {
    "pi_": "payment_intent",
    "ch_": "charge",
    "re_": "refund",
    "txn_": "balance_transaction",
    "pm_": "payment_method",
    "du_": "dispute",
    "tr_": "transfer",
    "trr_": "transfer_reversal",
    "po_": "payout",
    "acct_": "account",
    "cs_": "checkout.session",
}
LINKS = frozenset(
    [
        "payment_intent",
        "latest_charge",
        "charge",
        "balance_transaction",
        "failure_balance_transaction",
        "payment_method",
        "source",
        "customer",
        "invoice",
        "subscription",
        "setup_intent",
        "review",
        "application",
        "on_behalf_of",
        "transfer",
        "destination",
        "source_transaction",
    ]
)
DEEPEST = 4


def expanded(desk: Desk, body: Json) -> Json:
    """Return the body with every requested path expanded."""
    for path in desk.params.get("expand", []):
        parts = path.split(".")
        if len(parts) > DEEPEST:
            raise StripeError(f"You cannot expand more than {DEEPEST} levels of a property. Property: {path}")
        if body.get("object") == "list" and parts[0] != "data":
            raise cannot(path)
        follow(desk, body, parts, path)
    return body


def follow(desk: Desk, node: Any, parts: list[str], path: str) -> None:
    """Walk one path down, expanding as it goes."""
    if not parts or node is None:
        return
    if isinstance(node, list):
        for one in node:
            follow(desk, one, parts, path)
        return
    name = parts[0]
    if not isinstance(node, dict):
        raise cannot(path)
    value = node[name] if name in node else extra(desk, node, name, path)
    if isinstance(value, str):
        value = fetch(desk, name, value, path)
    elif not isinstance(value, dict | list) and not (value is None and name in LINKS):
        raise cannot(path)
    node[name] = value
    follow(desk, value, parts[1:], path)


def fetch(desk: Desk, name: str, object_id: str, path: str) -> Json:
    """Return the object an id names."""
    kind = KINDS.get(object_id.partition("_")[0] + "_")
    doc = desk.world.state.get(kind, object_id, account=desk.account) if kind and name in LINKS else None
    if doc is None:
        raise cannot(path)
    return seen(desk, doc)


def extra(desk: Desk, node: Json, name: str, path: str) -> Json:
    """Return a property that exists only when expanded."""
    kind, object_id = node.get("object"), node.get("id", "")
    if kind == "checkout.session" and name == "line_items":
        items = desk.get("checkout.session", object_id)["_line_items"]
        return envelope(f"/v1/checkout/sessions/{object_id}/line_items", items, more=False)
    if kind == "charge" and name == "refunds":
        refunds = [seen(desk, one) for one in reversed(desk.find("refund", charge=object_id))]
        return envelope(f"/v1/charges/{object_id}/refunds", refunds, more=False)
    raise cannot(path)


def cannot(path: str) -> StripeError:
    """Return the refusal of a path."""
    return StripeError(f"This property cannot be expanded ({path}).")
