"""The phone: pending M-Pesa prompts with their buttons, and the messages of recent outcomes."""

from typing import Any
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from . import html
from .clock import nairobi
from .daraja import stk
from .state import Json
from .world import World, world_of

RECENT = 12

ENDINGS = {
    "0": ("paid", "Paid"),
    "1": ("failed", "Not enough money"),
    "1032": ("failed", "Cancelled"),
    "1037": ("failed", "No answer"),
    "2001": ("failed", "Wrong PIN"),
    "17": ("failed", "Refused: same payment again within 2 minutes"),
}


async def show(request: Request) -> Response:
    """Show the phone of one number, or of all numbers at once."""
    msisdn = request.query_params.get("msisdn", "").strip().lstrip("+")
    inner = screen(world_of(request), msisdn)
    if request.query_params.get("part") == "screen":
        return HTMLResponse(inner, headers={"Cache-Control": "no-store"})
    body = html.render("phone.html", screen=inner, msisdn=msisdn)
    return html.page("Phone", body, kind="phone-page", head=html.template("phone_head.html").template)


async def press(request: Request) -> Response:
    """Answer a prompt with one of its buttons and show the phone again."""
    world = world_of(request)
    form = {key: values[0] for key, values in parse_qs((await request.body()).decode("utf-8", "replace")).items()}
    notice = ""
    try:
        with world.state.atomic():
            stk.press(world, form.get("id", ""), form.get("press", ""))
    except (KeyError, ValueError):
        notice = "gone"
    query = {key: value for key, value in (("msisdn", form.get("msisdn", "")), ("notice", notice)) if value}
    return RedirectResponse(f"/phone/?{urlencode(query)}" if query else "/phone/", 303)


def screen(world: World, msisdn: str) -> html.Html:
    """Render what is on the phone now: prompts newest first, then messages newest first."""
    wanted = {"msisdn": msisdn} if msisdn else {}
    everything = list(reversed(world.state.find("stk", **wanted)))
    waiting = [p for p in everything if p["state"] == "pending" and not p["ignored"] and p["outcome"] in stk.BY_HAND]
    ended = [p for p in everything if p["state"] == "final" or p["ignored"]][:RECENT]
    prompts = html.joined("prompt.html", [prompt(world, p, msisdn) for p in waiting])
    messages = html.joined("message.html", [message(world, p) for p in ended])
    return html.render(
        "screen.html",
        time=nairobi(world.clock.now()).strftime("%H:%M"),
        owner=f"+{msisdn}" if msisdn else "All numbers",
        prompts=prompts or html.render("no_prompt.html"),
        messages=messages or html.render("no_message.html"),
    )


def prompt(world: World, push: Json, msisdn: str) -> dict[str, object]:
    """Return what one prompt shows."""
    left = max(0, round(push["deadline"] - world.clock.now()))
    return common(world, push) | {"id": push["id"], "filter": msisdn, "left": left}


def message(world: World, push: Json) -> dict[str, object]:
    """Return what one message shows."""
    code = push["result_code"]
    look, words = ENDINGS.get(str(code), ("failed", f"{push['result_desc']} ({code})"))
    if code is None:
        look, words = "ignored", "Ignored, will time out"
    if push["result_code"] == "0":
        words = f"{push['receipt']} confirmed"
    when = nairobi(push["ended"] or push["created"]).strftime("%H:%M:%S")
    return common(world, push) | {"look": look, "words": words, "when": when}


def common(world: World, push: Json) -> dict[str, Any]:
    """Return what prompts and messages have in common."""
    return {
        "amount": f"{push['amount']:,}",
        "merchant": world.settings.merchant,
        "reference": push["reference"],
        "number": f"+{push['msisdn'][:3]} {push['msisdn'][3:6]} {push['msisdn'][6:9]} {push['msisdn'][9:]}",
    }


ROUTES: list[BaseRoute] = [Route("/", show), Route("/press", press, methods=["POST"])]
