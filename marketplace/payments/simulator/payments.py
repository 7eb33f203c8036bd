"""The payments page: what was paid, refunded and disputed, with the buttons of Stripe's dashboard and of a bank."""

from decimal import Decimal, InvalidOperation

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from . import dashboard, html
from .clock import nairobi
from .ledger import ledger
from .phone import form_of
from .state import Json
from .stripe.disputes import OPEN, UNDECIDED
from .stripe.money import digits, shown
from .world import World, world_of

RECENT = 50
NOTHING = html.Html('<li class="empty">Nothing yet.</li>')


async def show(request: Request) -> Response:
    """List what is recent, newest first."""
    return listed(world_of(request))


def listed(world: World, wrong: str = "") -> Response:
    """Render the page; `wrong` says why a button did nothing."""
    book = ledger(world)
    names = {one["id"]: one["reference"] or "no reference" for one in book["payments"]}
    refunds = sorted([*book["refunds"], *book["reversals"]], key=lambda one: float(one["at"]))
    sessions = world.state.find("checkout.session", status="open")
    body = html.render(
        "payments.html",
        alert=html.render("alert.html", words=wrong) if wrong else html.Html(""),
        payments=rows("payment_row.html", [payment(one) for one in book["payments"]]),
        refunds=rows("object_row.html", [refund(one, names) for one in refunds]),
        disputes=rows("dispute_row.html", [dispute(doc, names) for doc in world.state.find("dispute")]),
        sessions=rows("session_row.html", [session(doc) for doc in sessions]),
    )
    return html.page("Payments", body, status=422 if wrong else 200)


def rows(template: str, made: list[dict[str, object]]) -> html.Html:
    """Fill a template for the newest rows, the newest first, or say that there is none."""
    return html.joined(template, made[-RECENT:][::-1]) or NOTHING


def clock(at: float) -> str:
    """Write when something happened."""
    return nairobi(at).strftime("%d %b %H:%M:%S")


def payment(one: Json) -> dict[str, object]:
    """Return what one payment shows."""
    code = one["currency"].lower()
    amount, reference = shown(one["amount_minor"], code), one["reference"] or "no reference"
    back = f"refunded {shown(one['refunded_minor'], code)}" if one["refunded_minor"] else ""
    card = one["provider"] == "stripe"
    menu = html.render("payment_menu.html", id=one["id"], amount=amount, reference=reference) if card else html.Html("")
    return {
        "id": one["id"],
        "amount": amount,
        "who": "Card" if card else "M-Pesa" if one["kind"] == "stk" else "M-Pesa paybill",
        "when": clock(one["at"]),
        "reference": reference,
        "refunded": back,
        "menu": menu,
    }


def refund(one: Json, names: dict[str, str]) -> dict[str, object]:
    """Return what one refund, or reversal, shows."""
    of = one.get("charge") or one["original"]
    kind = "Card" if one["provider"] == "stripe" else "M-Pesa reversal"
    status = one.get("status", "succeeded")
    amount = shown(one["amount_minor"], one["currency"].lower())
    who = f"{kind}, {names.get(of, 'no reference')}"
    return {"amount": amount, "who": who, "id": one["id"], "note": f"{status}, {clock(one['at'])}"}


def dispute(doc: Json, names: dict[str, str]) -> dict[str, object]:
    """Return what one dispute shows, with the buttons that still mean something."""
    buttons = html.Html("")
    if doc["status"] in UNDECIDED:
        submit = html.render("dispute_submit.html", id=doc["id"]) if doc["status"] in OPEN else html.Html("")
        buttons = html.render("dispute_buttons.html", id=doc["id"], submit=submit)
    until = nairobi(doc["evidence_details"]["due_by"]).strftime("%d %b")
    return {
        "id": doc["id"],
        "amount": shown(doc["amount"], doc["currency"]),
        "reason": doc["reason"].replace("_", " "),
        "reference": names.get(doc["charge"], "no reference"),
        "status": doc["status"].replace("_", " "),
        "until": f"answer until {until}" if doc["status"] in OPEN else f"opened {clock(doc['created'])}",
        "buttons": buttons,
    }


def session(doc: Json) -> dict[str, object]:
    """Return what one open card page shows."""
    return {
        "url": doc["url"],
        "amount": shown(doc["amount_total"], doc["currency"]),
        "until": nairobi(doc["expires_at"]).strftime("%d %b %H:%M"),
        "reference": doc["client_reference_id"] or doc["id"][:16],
    }


async def act(request: Request) -> Response:
    """Press a button of the page."""
    world, form = world_of(request), await form_of(request)
    try:
        with world.state.atomic():
            pressed(world, form)
    except KeyError as error:
        return listed(world, f"There is no {error.args[0]}.")
    except ValueError as error:
        return listed(world, str(error))
    world.scheduler.awake.set()
    return RedirectResponse("/payments/", 303)


def pressed(world: World, form: dict[str, str]) -> None:
    """Do what a button says."""
    press, charge = form.get("press", ""), form.get("charge", "")
    if press in ("refund", "dispute", "inquire"):
        amount = typed_amount(form.get("amount", ""), dashboard.charge_of(world, charge)[1]["currency"])
        order: Json = {"charge": charge, "amount": amount}
        if press == "refund":
            dashboard.refund(world, order)
        else:
            dashboard.dispute(world, order | {"press": "open", "reason": "fraudulent", "inquiry": press == "inquire"})
    else:
        dashboard.dispute(world, {"press": press, "dispute": form.get("dispute", "")})


def typed_amount(typed: str, currency: str) -> int | None:
    """Return an amount typed by a person in minor units; None for everything that is left."""
    if not typed:
        return None
    try:
        minor = Decimal(typed.replace(",", "")).scaleb(digits(currency))
    except InvalidOperation as error:
        raise ValueError("Type the amount in digits, for instance 1500.00.") from error
    if minor != minor.to_integral_value() or minor <= 0:
        raise ValueError("The amount is too fine, or nothing.")
    return int(minor)


ROUTES: list[BaseRoute] = [Route("/", show), Route("/act", act, methods=["POST"])]
