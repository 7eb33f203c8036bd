"""The payments page: what both providers believe, for a person to read."""

from starlette.requests import Request
from starlette.responses import Response

from . import html
from .clock import nairobi
from .ledger import ledger
from .state import Json
from .stripe.money import shown
from .world import world_of

RECENT = 50


async def show(request: Request) -> Response:
    """List recent payments, newest first, and the card pages that are still open."""
    world = world_of(request)
    book = ledger(world)
    rows = html.joined("payment_row.html", [row(one) for one in reversed(book["payments"][-RECENT:])])
    sessions = world.state.find("checkout.session", status="open")[-RECENT:]
    waiting = html.joined("session_row.html", [open_row(one) for one in reversed(sessions)])
    none = html.Html('<li class="empty">Nothing yet.</li>')
    body = html.render("payments.html", payments=rows or none, sessions=waiting or none)
    return html.page("Payments", body)


def row(one: Json) -> dict[str, object]:
    """Return what one payment shows."""
    paid = shown(one["amount_minor"], one["currency"].lower())
    back = f"refunded {shown(one['refunded_minor'], one['currency'].lower())}" if one["refunded_minor"] else ""
    who = "M-Pesa" if one["provider"] == "daraja" else "Card"
    when = nairobi(one["at"]).strftime("%d %b %H:%M:%S")
    return {
        "id": one["id"],
        "amount": paid,
        "who": who,
        "when": when,
        "reference": one["reference"] or "no reference",
        "refunded": back,
    }


def open_row(session: Json) -> dict[str, object]:
    """Return what one open card page shows."""
    until = nairobi(session["expires_at"]).strftime("%d %b %H:%M")
    amount = shown(session["amount_total"], session["currency"])
    return {
        "url": session["url"],
        "amount": amount,
        "until": until,
        "reference": session["client_reference_id"] or session["id"][:16],
    }
