"""The sellers page: what went out to phones, connected accounts and the platform's bank, and what is left."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from . import dashboard, html
from .daraja.people import spaced
from .ledger import ledger
from .payments import clock, rows
from .phone import form_of
from .state import Json
from .stripe.balance import available
from .stripe.desk import Desk
from .stripe.money import shown
from .stripe.onboarding import due
from .totals import totals
from .world import World, world_of

EMPTY = html.Html("")


async def show(request: Request) -> Response:
    """List what is recent, newest first."""
    return listed(world_of(request))


def listed(world: World, wrong: str = "") -> Response:
    """Render the page; `wrong` says why nothing was paid out."""
    book = ledger(world)
    body = html.render(
        "sellers.html",
        alert=html.render("alert.html", words=wrong) if wrong else EMPTY,
        balances=rows("linked_row.html", balances(world)),
        payouts=rows("linked_row.html", [payout(one) for one in book["payouts"]]),
        transfers=rows("linked_row.html", [transfer(one) for one in book["transfers"]]),
        accounts=rows("linked_row.html", [account(doc) for doc in world.state.find("account")]),
        bank=rows("object_row.html", [bank(one) for one in book["bank_payouts"]]),
    )
    return html.page("Sellers", body, status=422 if wrong else 200)


def row(amount: str, who: str, url: str, row_id: str, note: str = "", more: html.Html = EMPTY) -> dict[str, object]:
    """Return one row with a link."""
    return {"amount": amount, "who": who, "url": url, "id": row_id, "note": note, "more": more}


def balances(world: World) -> list[dict[str, object]]:
    """Return what the platform holds at Stripe and on each short code."""
    book, desk = totals(world), Desk(world)
    made = []
    for code, sums in book["daraja"].items():
        who = "on the paybill" if code == world.settings.shortcode else "to be sent"
        made.append(row(shown(sums["holds"], "kes"), f"M-Pesa, {who}", f"/_sim/statement.csv?shortcode={code}", code))
    for currency, sums in book["stripe"].items():
        ready = available(desk, currency.lower())
        who = f"Stripe, of which {shown(ready, currency.lower())} available"
        button = html.render("payout_button.html", currency=currency.lower(), currency_shown=currency)
        made.append(
            row(
                shown(sums["holds"], currency.lower()),
                who,
                "/_sim/ledger",
                "ledger",
                more=button if ready > 0 else EMPTY,
            )
        )
    return made


def payout(one: Json) -> dict[str, object]:
    """Return what one payout to a phone shows."""
    fee = f"fee {shown(one['fee_minor'], 'kes')}, " if one["fee_minor"] else ""
    amount, url = shown(one["amount_minor"], "kes"), f"/phone/?msisdn={one['msisdn']}"
    return row(amount, f"to {spaced(one['msisdn'])}", url, one["id"], f"{fee}{clock(one['at'])}")


def transfer(one: Json) -> dict[str, object]:
    """Return what one transfer shows."""
    code, back = one["currency"].lower(), one["reversed_minor"]
    who = f"to {one['destination']}, {one['transfer_group'] or 'no group'}"
    note = f"{shown(back, code)} reversed, " if back else ""
    url = f"/stripe/connect/account/{one['destination']}"
    return row(shown(one["amount_minor"], code), who, url, one["id"], f"{note}{clock(one['at'])}")


def account(doc: Json) -> dict[str, object]:
    """Return what one connected account shows."""
    state = "can be paid" if doc["payouts_enabled"] else f"missing: {due(doc)}"
    return row(doc["email"] or doc["country"], doc["country"], f"/stripe/connect/account/{doc['id']}", doc["id"], state)


def bank(one: Json) -> dict[str, object]:
    """Return what one payout to the platform's bank shows."""
    kind = "automatic" if one["automatic"] else "asked for"
    status = one["status"].replace("_", " ")
    amount = shown(one["amount_minor"], one["currency"].lower())
    return {"amount": amount, "who": kind, "id": one["id"], "note": f"{status}, {clock(one['at'])}"}


async def pay_out(request: Request) -> Response:
    """Pay out what is available at Stripe."""
    world, form = world_of(request), await form_of(request)
    try:
        with world.state.atomic():
            dashboard.payout(world, {"currency": form.get("currency", ""), "fails": False})
    except ValueError as error:
        return listed(world, str(error))
    world.scheduler.awake.set()
    return RedirectResponse("/sellers/", 303)


ROUTES: list[BaseRoute] = [Route("/", show), Route("/payout", pay_out, methods=["POST"])]
