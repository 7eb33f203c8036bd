"""The phone: pending M-Pesa prompts with their buttons, the paybill menu, and the messages of recent outcomes."""

from typing import Any
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from . import html
from .clock import nairobi
from .daraja import stk
from .daraja.c2b import REJECTIONS
from .daraja.people import spaced
from .phone_messages import messages
from .presses import pay_paybill
from .state import Json
from .world import World, world_of

FRESH = {"msisdn": "", "shortcode": "", "account": "", "amount": ""}


async def show(request: Request) -> Response:
    """Show the phone of one number, or of all numbers at once."""
    world, msisdn = world_of(request), request.query_params.get("msisdn", "").strip().lstrip("+")
    if request.query_params.get("part") == "screen":
        return HTMLResponse(screen(world, msisdn), headers={"Cache-Control": "no-store"})
    return phone_page(world, msisdn, FRESH | {"msisdn": msisdn, "shortcode": world.settings.shortcode})


def phone_page(world: World, msisdn: str, typed: dict[str, str], wrong: str = "") -> Response:
    """Render the whole page; `wrong` says why a bill was not paid and keeps the menu open."""
    alert = html.render("alert.html", words=wrong) if wrong else html.Html("")
    menu = html.render("paybill.html", alert=alert, open=html.Html(" open") if wrong else "", **typed)
    body = html.render("phone.html", screen=screen(world, msisdn), msisdn=msisdn, paybill=menu)
    head = html.template("phone_head.html").template
    return html.page("Phone", body, kind="phone-page", head=head, status=422 if wrong else 200)


async def form_of(request: Request) -> dict[str, str]:
    """Return the submitted fields."""
    body = (await request.body()).decode("utf-8", "replace")
    return {key: values[0].strip() for key, values in parse_qs(body, keep_blank_values=True).items()}


async def press(request: Request) -> Response:
    """Answer a prompt with one of its buttons and show the phone again."""
    world, form = world_of(request), await form_of(request)
    notice = ""
    try:
        with world.state.atomic():
            stk.press(world, form.get("id", ""), form.get("press", ""))
    except (KeyError, ValueError):
        notice = "gone"
    query = {key: value for key, value in (("msisdn", form.get("msisdn", "")), ("notice", notice)) if value}
    return RedirectResponse(f"/phone/?{urlencode(query)}" if query else "/phone/", 303)


async def paybill(request: Request) -> Response:
    """Lipa na M-Pesa, Paybill: pay to a business number as a person does, without any prompt."""
    world = world_of(request)
    typed = FRESH | {name: value for name, value in (await form_of(request)).items() if name in FRESH}
    try:
        money = await pay_paybill(world, **typed)
    except ValueError as error:
        return phone_page(world, "", typed, str(error))
    if money["refused"]:
        reason = REJECTIONS.get(money["refused"], "Not accepted")
        return phone_page(world, money["msisdn"], typed, f"{reason} ({money['refused']}). Nothing was taken.")
    return RedirectResponse(f"/phone/?{urlencode({'msisdn': money['msisdn']})}", 303)


def screen(world: World, msisdn: str) -> html.Html:
    """Render what is on the phone now: prompts newest first, then messages newest first."""
    wanted = {"msisdn": msisdn} if msisdn else {}
    pending = reversed(world.state.find("stk", state="pending", **wanted))
    waiting = [push for push in pending if not push["ignored"] and push["outcome"] in stk.BY_HAND]
    prompts = html.joined("prompt.html", [prompt(world, push, msisdn) for push in waiting])
    return html.render(
        "screen.html",
        time=nairobi(world.clock.now()).strftime("%H:%M"),
        owner=f"+{msisdn}" if msisdn else "All numbers",
        prompts=prompts or html.render("no_prompt.html"),
        messages=html.joined("message.html", messages(world, msisdn)) or html.render("no_message.html"),
    )


def prompt(world: World, push: Json, msisdn: str) -> dict[str, Any]:
    """Return what one prompt shows."""
    return {
        "id": push["id"],
        "filter": msisdn,
        "left": max(0, round(push["deadline"] - world.clock.now())),
        "amount": f"{push['amount']:,}",
        "merchant": world.settings.merchant,
        "reference": push["reference"],
        "number": spaced(push["msisdn"]),
    }


ROUTES: list[BaseRoute] = [
    Route("/", show),
    Route("/press", press, methods=["POST"]),
    Route("/paybill", paybill, methods=["POST"]),
]
