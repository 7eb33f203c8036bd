"""The control plane /_sim/: tests order outcomes, accidents and faults, press buttons, move the clock, and look."""

import json
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from . import chaos, dashboard, orders, past
from .daraja.keys import CERTIFICATE
from .daraja.statement import statement
from .faults import KINDS
from .html import HERE
from .ledger import ledger
from .presses import press_card, press_paybill, press_phone
from .state import Json
from .world import TUNABLE, World, world_of

Order = Callable[[World, Json], Json | Awaitable[Json]]
PROVIDERS = ("daraja", "stripe")
NO_CONTROL = "start the simulator with --test-control to change what happens"


class Takes:
    """The fields an order accepts, with defaults; `...` marks a required one."""

    def __init__(self, run: Order, **fields: Any) -> None:
        self.run, self.fields = run, fields

    def read(self, body: object) -> Json:
        """Return the order complete, or raise ValueError: a misspelt field must not pass silently."""
        if not isinstance(body, dict):
            raise TypeError("send a JSON object")
        if unknown := set(body) - set(self.fields):
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(self.fields)}")
        made = self.fields | body
        if lacking := [name for name, value in made.items() if value is ...]:
            raise ValueError(f"missing: {', '.join(lacking)}")
        if made.get("provider", "") not in ("", *PROVIDERS):
            raise ValueError(f"provider is {' or '.join(PROVIDERS)}")
        return made


ORDERS = {
    "next": Takes(orders.next_outcome, provider="daraja", api="stk", outcome=..., delay=None, deliveries=None,
                  msisdn="", count=1),
    "deliveries": Takes(orders.deliveries, action=..., provider="", match="", count=None, seconds=5.0, copies=2),
    "forge": Takes(orders.forge, checkout_request_id=..., amount=None, result_code="0", receipt=None, msisdn=None,
                   merchant_request_id=None, forged_id=None, url=None, copies=1),
    "fault": Takes(orders.fault, kind=..., provider="", path="", count=1, seconds=30.0),
    "mend": Takes(orders.mend),
    "float": Takes(orders.float_, utility_minor=..., shortcode=""),
    "paybill": Takes(press_paybill, msisdn=..., amount=..., account=..., shortcode=""),
    "chaos": Takes(chaos.order, seed=0, drop=0, duplicate=0, delay=0, reorder=0, delay_seconds=5.0, match="",
                   calls={}, call_seconds=30.0, path="", provider=""),
    "clock": Takes(orders.clock, advance=...),
    "phone": Takes(press_phone, press=..., checkout_request_id="", msisdn=""),
    "card": Takes(press_card, session=..., press="pay", number="", email="buyer@example.com", name="Amina Wanjiru"),
    "refund": Takes(dashboard.refund, charge=..., amount=None),
    "dispute": Takes(dashboard.dispute, press="open", charge="", dispute="", reason="fraudulent", amount=None,
                     inquiry=False),
    "account": Takes(dashboard.account, account=..., press="complete"),
    "payout": Takes(dashboard.payout, currency="kes", fails=False),
    "past": Takes(past.remember, **past.FIELDS),
    "settings": Takes(orders.settings, **dict.fromkeys(TUNABLE, orders.KEEP)),
    "reset": Takes(orders.reset, keep_clock=False),
}  # fmt: skip
HELP = {"orders": {name: sorted(order.fields) for name, order in ORDERS.items()}, "faults": KINDS}


async def act(request: Request) -> Response:
    """POST /_sim/<order>."""
    world, order = world_of(request), ORDERS.get(request.path_params["order"])
    if not world.settings.test_control:
        return JSONResponse({"error": NO_CONTROL}, 403)
    if order is None:
        return JSONResponse({"error": f"unknown order; known: {', '.join(ORDERS)}"}, 404)
    try:
        body = order.read(json.loads(await request.body() or b"{}"))
        if order.run is orders.reset:
            await world.scheduler.land()  # or a late call would reach the next test
        with world.state.atomic():
            answer = order.run(world, body)
        answer = await answer if isawaitable(answer) else answer
    except KeyError as error:
        return JSONResponse({"error": f"not found: {error.args[0]}"}, 404)
    except (ValueError, TypeError) as error:
        return JSONResponse({"error": str(error)}, 400)
    world.scheduler.awake.set()
    return JSONResponse({"ok": True, **answer})


async def look(request: Request) -> Response:
    """GET /_sim/<what>: query parameters select rows by equal fields (`path` by containing)."""
    world, what = world_of(request), request.path_params["what"]
    if what == "ledger":
        return JSONResponse(ledger(world))
    if what == "clock":
        return JSONResponse({"now": world.clock.now()})
    if what == "settings":
        return JSONResponse(world.tune())
    if what == "chaos":
        return JSONResponse({"chaos": world.state.knob("chaos")})
    if what == "statement.csv":
        return statement_csv(request, world)
    if what == "certificate":
        return PlainTextResponse(CERTIFICATE.read_text(encoding="ascii"))
    kinds = {"requests": "request", "deliveries": "delivery", "prompts": "stk", "initiated": "initiated"}
    if what not in kinds:
        return JSONResponse({"error": "unknown", **HELP}, 404)
    wanted = request.query_params
    rows = [row for row in world.state.find(kinds[what]) if all(fits(row, name, wanted[name]) for name in wanted)]
    return JSONResponse({what: rows})


def statement_csv(request: Request, world: World) -> Response:
    """GET /_sim/statement.csv: `shortcode` (the paybill), `begin` and `end` in unix seconds, `preamble`."""
    wanted = request.query_params
    try:
        begin, end = float(wanted.get("begin", 0)), float(wanted.get("end", "inf"))
    except ValueError:
        return JSONResponse({"error": "begin and end are unix seconds"}, 400)
    code = wanted.get("shortcode", world.settings.shortcode)
    text = statement(world, code, begin, end, preamble=bool(wanted.get("preamble")))
    named = {"Content-Disposition": f'attachment; filename="statement-{code if code.isdigit() else "unknown"}.csv"'}
    return Response(text, headers=named, media_type="text/csv")


def fits(row: Json, name: str, value: str) -> bool:
    """Say whether a row has a field with this value."""
    return value in str(row.get("path")) if name == "path" else str(row.get(name)) == value


async def readme(_: Request) -> Response:
    """Show the documentation."""
    return PlainTextResponse((HERE / "README.md").read_text(encoding="utf-8"))


ROUTES: list[BaseRoute] = [
    Route("/", readme, methods=["GET"]),
    Route("/{what}", look, methods=["GET"]),
    Route("/{order}", act, methods=["POST"]),
]
