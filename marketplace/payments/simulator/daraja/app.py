"""The Daraja endpoints: JSON in, JSON out, errors in Daraja's envelope."""

import asyncio
import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.world import world_of

from . import c2b, initiator, oauth, pull, query, stk
from .callbacks import send_callback
from .errors import DarajaError

Endpoint = Callable[[Request], Awaitable[Response]]
NOT_FOUND = ("404.001.01", "Resource not found")


def guarded(endpoint: Endpoint) -> Endpoint:
    """Turn refusals into the error envelope, and wait where a test ordered slowness."""

    async def run(request: Request) -> Response:
        await asyncio.sleep(request.scope.get("simulator.slow", 0.0))
        try:
            return await endpoint(request)
        except DarajaError as error:
            return error.response()

    return run


async def json_body(request: Request) -> Json:
    """Return the JSON object sent; a missing content type is refused like bad JSON."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise DarajaError(400, "400.002.05", "Invalid Request Payload")
    try:
        body = json.loads(await request.body())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise DarajaError(400, "400.002.05", "Invalid Request Payload")
    return body


async def stk_push(request: Request) -> Response:
    """Accept a push: "0" means accepted, never paid."""
    body, world = await json_body(request), world_of(request)
    oauth.check_token(request)
    with world.state.atomic():
        push = stk.accept(world, body)
    if push["outcome"] == "callback_before_response":
        await callback_first(request, push)
    accepted = "Success. Request accepted for processing"
    return JSONResponse(
        {
            "MerchantRequestID": push["merchant_request_id"],
            "CheckoutRequestID": push["id"],
            "ResponseCode": "0",
            "ResponseDescription": accepted,
            "CustomerMessage": accepted,
        }
    )


async def callback_first(request: Request, push: Json) -> None:
    """Let the payment happen and its callback be answered while the push still waits for its own answer."""
    world = world_of(request)
    with world.state.atomic():
        stk.resolve(world, push, "0", callback=False)
        sent = send_callback(world, push)
    await world.courier.attempted(sent)


async def stk_query(request: Request) -> Response:
    """Say what became of a push."""
    body, world = await json_body(request), world_of(request)
    oauth.check_token(request)
    query.check_spike(world)
    return JSONResponse(query.ask(world, body))


async def c2b_register(request: Request) -> Response:
    """Register the URLs of a shortcode."""
    body = await json_body(request)
    oauth.check_token(request, status=400, code="400.003.01")
    return JSONResponse(c2b.register(world_of(request), body))


async def c2b_simulate(request: Request) -> Response:
    """Pay to a shortcode by hand."""
    body = await json_body(request)
    oauth.check_token(request, status=400, code="400.003.01")
    return JSONResponse(await c2b.simulate(world_of(request), body))


async def pull_register(request: Request) -> Response:
    """Register a shortcode for pulling."""
    body = await json_body(request)
    oauth.check_token(request)
    return JSONResponse(pull.register(world_of(request), body))


async def pull_query(request: Request) -> Response:
    """Tell what customers have paid to a shortcode."""
    body = await json_body(request)
    oauth.check_token(request)
    return JSONResponse(pull.query(world_of(request), body))


def initiate(api: str, status: int, code: str) -> Endpoint:
    """Return the endpoint of an initiator API; each has its own error for a dead token."""

    async def run(request: Request) -> Response:
        body, world = await json_body(request), world_of(request)
        oauth.check_token(request, status=status, code=code)
        with world.state.atomic():
            doc = initiator.accept(world, api, body)
            early = doc["outcome"] == "callback_before_response"
            sent = initiator.finish(world, doc, "0") if early else []
        await world.courier.attempted(sent)
        return JSONResponse(initiator.acknowledged(doc))

    return run


async def nowhere(request: Request) -> Response:
    """Answer a path that does not exist, or the wrong verb on one that does."""
    paths = {route.path for route in ROUTES if isinstance(route, Route)}
    if request.scope["path"].removeprefix(request.scope.get("root_path", "")) in paths:
        return DarajaError(405, "405.001", "Method Not Allowed").response()
    return DarajaError(404, *NOT_FOUND).response()


ROUTES: list[BaseRoute] = [
    Route("/oauth/v1/generate", guarded(oauth.generate), methods=["GET"]),
    Route("/mpesa/stkpush/v1/processrequest", guarded(stk_push), methods=["POST"]),
    Route("/mpesa/stkpushquery/v1/query", guarded(stk_query), methods=["POST"]),
    Route("/mpesa/c2b/v2/registerurl", guarded(c2b_register), methods=["POST"]),
    Route("/mpesa/c2b/v2/simulate", guarded(c2b_simulate), methods=["POST"]),
    Route("/pulltransactions/v1/register", guarded(pull_register), methods=["POST"]),
    Route("/pulltransactions/v1/query", guarded(pull_query), methods=["POST"]),
    Route("/mpesa/b2c/v3/paymentrequest", guarded(initiate("b2c", 401, "401.002.01")), methods=["POST"]),
    Route("/mpesa/transactionstatus/v1/query", guarded(initiate("status", 400, "400.003.01")), methods=["POST"]),
    Route("/mpesa/accountbalance/v1/query", guarded(initiate("balance", 401, "401.002.01")), methods=["POST"]),
    Route("/mpesa/reversal/v1/request", guarded(initiate("reversal", 404, "404.001.03")), methods=["POST"]),
]
ROUTES.append(Route("/{rest:path}", nowhere, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]))
