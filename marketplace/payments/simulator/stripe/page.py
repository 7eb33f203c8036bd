"""The hosted pages of a payment: card form, 3-D Secure challenge, closed session. All work without JavaScript."""

from urllib.parse import parse_qs, quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from marketplace.payments.simulator import html
from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.world import world_of

from . import money
from .checkout import answer_challenge, last_error, pay_session, session_of, success_url
from .desk import Desk
from .page_form import FRESH, check, digits, form_page, origin

NOWHERE = ("Page not found", "There is no such payment page. Check the link you followed.")
PAID = ("Already paid", "This payment is complete. You have not been charged again.")
EXPIRED = ("Page expired", "This payment page is no longer open, and nothing was charged. Start again from the shop.")
RECEIPT = "{} paid with {} ending in {}."


def find(request: Request, kind: str) -> tuple[Desk, Json | None]:
    """Return an object by id whatever its account, with a desk for that account."""
    world, object_id = world_of(request), str(request.path_params["id"])
    return Desk(world, world.state.account_of(kind, object_id)), world.state.get(kind, object_id)


async def form_of(request: Request) -> dict[str, str]:
    """Return the submitted fields."""
    body = (await request.body()).decode("utf-8", "replace")
    return {key: values[0].strip() for key, values in parse_qs(body, keep_blank_values=True).items()}


def notice(title: str, words: str, *, status: int = 200, link: str | None = None) -> Response:
    """Show a page that only says something."""
    button = html.render("back.html", url=link) if link else html.Html("")
    body = html.render("notice.html", title=title, words=words, button=button)
    return html.page(title, body, kind="card-page", status=status)


def closed(session: Json | None) -> Response:
    """Show a session that cannot be paid."""
    if session is None:
        return notice(*NOWHERE, status=404)
    if session["status"] == "complete":
        return notice(*PAID, link=success_url(session))
    return notice(*EXPIRED, status=410, link=session["cancel_url"])


async def show(request: Request) -> Response:
    """Show the payment form."""
    desk, session = find(request, "checkout.session")
    if session is None or session["status"] != "open":
        return closed(session)
    error = last_error(desk, session)
    email = session.get("_billing", {}).get("email") or session["customer_email"] or ""
    return form_page(desk, session, FRESH | {"email": email}, {"form": error} if error else {})


async def submit(request: Request) -> Response:
    """Try to pay, and lead on: to the shop, to the challenge, or back to the form."""
    form = await form_of(request)
    desk, session = find(request, "checkout.session")
    if session is not None and session["status"] == "complete":
        return RedirectResponse(success_url(session), 303)  # the second press of Pay
    if session is None or session["status"] != "open":
        return closed(session)
    errors = check(desk, form, free=not session["amount_total"])
    if errors:
        return form_page(desk, session, form, errors, status=422)
    billing = {"email": form["email"], "name": form.get("name") or None}
    with desk.world.state.atomic():
        result = pay_session(desk, session, digits(form.get("number", "")), billing)
    if result == "complete":
        return RedirectResponse(success_url(session), 303)
    if result == "requires_action":
        return RedirectResponse(f"/stripe/pay/challenge/{quote(session['payment_intent'])}", 303)
    return form_page(desk, session, form, {"form": last_error(desk, session)}, status=402)


async def challenge(request: Request) -> Response:
    """Show the bank's question, or why there is none."""
    desk, intent = find(request, "payment_intent")
    if intent is None or intent["status"] != "requires_action":
        return notice(
            "Nothing to confirm", "This payment does not wait for your bank.", status=404 if intent is None else 410
        )
    total = money.shown(intent["amount"], intent["currency"])
    session = session_of(desk, intent)
    back = intent["next_action"]["redirect_to_url"]["return_url"]
    body = html.render("challenge.html", merchant=desk.world.settings.merchant, total=total, id=intent["id"])
    sends_to = " ".join(origin(url) for url in (back, session and session["success_url"]) if url)
    return html.page("Confirm with your bank", body, kind="card-page", sends_to=sends_to)


async def answer(request: Request) -> Response:
    """Complete or fail the challenge."""
    form = await form_of(request)
    desk, intent = find(request, "payment_intent")
    if intent is None or intent["status"] != "requires_action":
        return await challenge(request)
    back = intent["next_action"]["redirect_to_url"]["return_url"]
    session = session_of(desk, intent)
    with desk.world.state.atomic():
        result = answer_challenge(desk, intent, passed=form.get("answer") == "complete")
    if session is not None:
        return RedirectResponse(success_url(session) if result == "complete" else f"/stripe/pay/{session['id']}", 303)
    if not back:
        return notice("Done", "You can close this page.")
    return RedirectResponse(
        f"{back}{'&' if '?' in back else '?'}payment_intent={intent['id']}&redirect_status={result}", 303
    )


async def receipt(request: Request) -> Response:
    """Show the receipt a charge links to."""
    _, charge = find(request, "charge")
    if charge is None or not charge["paid"]:
        return notice(*NOWHERE, status=404)
    card = charge["payment_method_details"]["card"]
    words = RECEIPT.format(money.shown(charge["amount"], charge["currency"]), card["brand"].title(), card["last4"])
    return notice(f"Receipt from {charge['calculated_statement_descriptor']}", words)


ROUTES: list[BaseRoute] = [
    Route("/challenge/{id}", challenge, methods=["GET"]),
    Route("/challenge/{id}", answer, methods=["POST"]),
    Route("/receipt/{id}", receipt, methods=["GET"]),
    Route("/{id}", show, methods=["GET"]),
    Route("/{id}", submit, methods=["POST"]),
]
