"""A buyer at a Checkout Session: pays it, fails to, or answers the bank's challenge. Page and control share it."""

from marketplace.payments.simulator.next_up import take
from marketplace.payments.simulator.state import Json

from .cards import OUTCOMES, by_number
from .charging import Billing, pay, payment_method, settle
from .desk import Desk
from .intents import new_intent
from .sessions import completed


def pay_session(desk: Desk, session: Json, number: str, billing: Billing) -> str:
    """Try a card on an open session; return `complete`, `requires_action` or `requires_payment_method`."""
    if not session["amount_total"]:
        return str(completed(desk, session, billing)["status"])
    session["_billing"] = billing
    intent = intent_of(desk, session)
    order = take(desk.world, "stripe")
    method = payment_method(desk, by_number(OUTCOMES[order["outcome"]] if order else number), billing)
    return outcome(desk, session, pay(desk, intent, method, success_url(session)))


def answer_challenge(desk: Desk, intent: Json, *, passed: bool) -> str:
    """End a 3-D Secure challenge and return what pay_session would."""
    method = desk.get("payment_method", intent["payment_method"])
    intent = settle(desk, intent, method, authenticated=passed)
    session = session_of(desk, intent)
    return outcome(desk, session, intent) if session else str(intent["status"])


def outcome(desk: Desk, session: Json, intent: Json) -> str:
    """Complete the session if its intent has succeeded."""
    if intent["status"] != "succeeded":
        return str(intent["status"])
    return str(completed(desk, session, session["_billing"])["status"])


def intent_of(desk: Desk, session: Json) -> Json:
    """Return the session's intent; it is made when the buyer first tries to pay, not before."""
    if session["payment_intent"]:
        desk.save(session)
        return desk.get("payment_intent", session["payment_intent"])
    intent = new_intent(desk, session["amount_total"], session["currency"], session["_intent"])
    session["payment_intent"] = intent["id"]
    desk.save(session)
    return intent


def session_of(desk: Desk, intent: Json) -> Json | None:
    """Return the session an intent belongs to; None for one made through the API."""
    sessions = desk.find("checkout.session", payment_intent=intent["id"])
    return sessions[0] if sessions else None


def success_url(session: Json) -> str:
    """Return where a paid session leads."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def last_error(desk: Desk, session: Json) -> str:
    """Return what went wrong with the last card, if anything."""
    intent = desk.get("payment_intent", session["payment_intent"]) if session["payment_intent"] else None
    return str(intent["last_payment_error"]["message"]) if intent and intent["last_payment_error"] else ""
