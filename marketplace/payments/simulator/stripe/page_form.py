"""The card form: its fields, what may be wrong with them, and how it looks."""

import re
from urllib.parse import urlsplit

from starlette.responses import Response

from marketplace.payments.simulator import html
from marketplace.payments.simulator.clock import nairobi
from marketplace.payments.simulator.state import Json

from . import money
from .cards import luhn
from .desk import Desk

Form = dict[str, str]
FRESH: Form = {"email": "", "number": "4242 4242 4242 4242", "expiry": "12 / 34", "cvc": "123", "name": "Amina Wanjiru"}


def check(desk: Desk, form: Form, *, free: bool) -> dict[str, str]:
    """Return what is wrong with the fields, by field."""
    errors: dict[str, str] = {}
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", form.get("email", "")):
        errors["email"] = "Enter an e-mail address."
    if free:
        return errors
    if not luhn(digits(form.get("number", ""))):
        errors["number"] = "Your card number is invalid."
    expiry = re.fullmatch(r"(0?[1-9]|1[0-2])\s*/\s*(?:20)?(\d\d)", form.get("expiry", ""))
    today = nairobi(desk.now())
    if not expiry:
        errors["expiry"] = "Your card's expiration date is incomplete."
    elif (2000 + int(expiry[2]), int(expiry[1])) < (today.year, today.month):
        errors["expiry"] = "Your card's expiration date is in the past."
    if not re.fullmatch(r"\d{3,4}", form.get("cvc", "")):
        errors["cvc"] = "Your card's security code is incomplete."
    return errors


def digits(number: str) -> str:
    """Return a card number without spaces and dashes; anything else makes it empty."""
    bare = re.sub(r"[\s-]", "", number)
    return bare if bare.isascii() and bare.isdigit() else ""


def form_page(desk: Desk, session: Json, form: Form, errors: dict[str, str], *, status: int = 200) -> Response:
    """Show the order beside the form, with anything typed still in it."""
    total = money.shown(session["amount_total"], session["currency"])
    alert = html.render("alert.html", words=errors["form"]) if "form" in errors else html.Html("")
    card = (
        html.Html("") if not session["amount_total"] else html.render("card_fields.html", **slots(FRESH | form, errors))
    )
    body = html.render(
        "pay.html",
        merchant=desk.world.settings.merchant,
        total=total,
        rows=html.joined("pay_row.html", [row(item) for item in session["_line_items"]]),
        alert=alert,
        card=card,
        cancel=html.render("cancel.html", url=session["cancel_url"]) if session["cancel_url"] else html.Html(""),
        action=f"/stripe/pay/{session['id']}",
        verb=f"Pay {total}" if session["amount_total"] else "Complete order",
        **slots({"email": form.get("email", "")}, errors),
    )
    origins = {origin(session[name]) for name in ("success_url", "cancel_url") if session[name]}
    return html.page(f"Pay {total}", body, kind="card-page", status=status, sends_to=" ".join(sorted(origins)))


def slots(form: Form, errors: dict[str, str]) -> dict[str, object]:
    """Return the template slots of fields: value, message, and the attributes that tie them together."""
    made: dict[str, object] = {}
    for name, value in form.items():
        message = errors.get(name)
        made[name] = value
        made[f"{name}_error"] = html.render("field_error.html", name=name, words=message) if message else html.Html("")
        made[f"{name}_wrong"] = html.render("field_wrong.html", name=name) if message else html.Html("")
    return made


def row(item: Json) -> dict[str, object]:
    """Return what one line item shows."""
    each = money.shown(item["price"]["unit_amount"], item["currency"])
    quantity = f"{item['quantity']} \N{MULTIPLICATION SIGN} {each}" if item["quantity"] > 1 else ""
    return {
        "name": item["description"],
        "quantity": quantity,
        "amount": money.shown(item["amount_total"], item["currency"]),
    }


def origin(url: str) -> str:
    """Return scheme, host and port: browsers check a form's redirect against form-action."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
