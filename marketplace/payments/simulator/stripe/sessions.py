"""/v1/checkout/sessions: create, retrieve, list, expire, line items; and how a session ends."""

from marketplace.payments.simulator.state import Json

from . import money
from .desk import Desk, new_id
from .errors import StripeError
from .intents import FINAL, canceled
from .lists import listed
from .objects import blank
from .session_checks import LONGEST, check_session
from .session_lines import line_items

ECHOED = [
    "client_reference_id",
    "cancel_url",
    "success_url",
    "customer_email",
    "locale",
    "submit_type",
    "customer_creation",
    "billing_address_collection",
    "allow_promotion_codes",
    "after_expiration",
    "phone_number_collection",
    "custom_text",
    "payment_method_options",
    "origin_context",
    "allowed_payment_method_types",
    "excluded_payment_method_types",
    "adaptive_pricing",
    "tax_id_collection",
    "name_collection",
    "wallet_options",
    "branding_settings",
    "payment_method_collection",
    "integration_identifier",
    "saved_payment_method_options",
]


def create(desk: Desk) -> Json:
    """POST /v1/checkout/sessions."""
    check_session(desk)
    data, items = desk.params, line_items(desk)
    total, currency = sum(item["amount_total"] for item in items), items[0]["currency"]
    if total:
        money.check_amount(total, currency, "line_items")
    session_id = new_id("cs_test_", 58)
    doc = blank(
        "checkout.session", id=session_id, mode="payment", ui_mode="hosted_page", status="open", created=desk.now(),
        payment_status="unpaid" if total else "no_payment_required", amount_subtotal=total, amount_total=total,
        currency=currency, expires_at=data.get("expires_at", desk.now() + LONGEST), metadata=data.get("metadata") or {},
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        url=f"{desk.world.settings.base_url}/stripe/pay/{session_id}",
        **{name: data[name] for name in ECHOED if name in data},
        _line_items=items, _intent=data.get("payment_intent_data", {}),
    )  # fmt: skip
    if doc["customer_email"]:
        doc["customer_details"] = details_of({"email": doc["customer_email"], "name": None})
    if doc["customer_creation"] is None:
        doc["customer_creation"] = "if_required"
    delay = doc["expires_at"] - desk.world.clock.now()
    desk.world.scheduler.at("stripe_expire", {"id": session_id}, delay=delay)
    return desk.save(doc)


def retrieve(desk: Desk) -> Json:
    """GET /v1/checkout/sessions/{id}."""
    return desk.get("checkout.session", desk.path["id"])


def index(desk: Desk) -> Json:
    """GET /v1/checkout/sessions."""
    wanted = {name: desk.params[name] for name in ("payment_intent", "status", "customer") if name in desk.params}
    rows = desk.find("checkout.session", **wanted)
    if "customer_details" in desk.params:
        email = desk.params["customer_details"]["email"]
        rows = [row for row in rows if (row["customer_details"] or {}).get("email") == email]
    return listed(desk, "/v1/checkout/sessions", rows)


def items(desk: Desk) -> Json:
    """GET /v1/checkout/sessions/{id}/line_items, in the order they were given."""
    session = desk.get("checkout.session", desk.path["id"])
    rows = [item | {"created": 0} for item in reversed(session["_line_items"])]
    page = listed(desk, f"/v1/checkout/sessions/{session['id']}/line_items", rows)
    for row in page["data"]:
        del row["created"]
    return page


def expire(desk: Desk) -> Json:
    """POST /v1/checkout/sessions/{id}/expire."""
    session = desk.get("checkout.session", desk.path["id"])
    if session["status"] != "open":
        raise StripeError(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of'
            f" {session['status']}."
        )
    return expired(desk, session)


def expired(desk: Desk, session: Json) -> Json:
    """Close a session nobody paid, and its intent with it."""
    session |= {"status": "expired", "url": None}
    if session["payment_intent"]:
        intent = desk.get("payment_intent", session["payment_intent"])
        if intent["status"] not in FINAL:
            canceled(desk, intent, "expired")
    desk.emit("checkout.session.expired", desk.save(session))
    return session


def completed(desk: Desk, session: Json, billing: dict[str, str | None]) -> Json:
    """Close a session that was paid, or cost nothing."""
    session |= {"status": "complete", "url": None, "customer_details": details_of(billing)}
    if session["payment_status"] == "unpaid":
        session["payment_status"] = "paid"
    desk.emit("checkout.session.completed", desk.save(session))
    return session


def details_of(billing: dict[str, str | None]) -> Json:
    """Return customer_details as far as the buyer is known."""
    details: Json = dict.fromkeys(("address", "business_name", "individual_name", "phone"))
    return details | {"tax_exempt": "none", "tax_ids": [], **billing}
