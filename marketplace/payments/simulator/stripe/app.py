"""Stripe's v1 API: one pipeline (key, version, form, idempotency, schema, operation, expansion) for every endpoint."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.world import world_of

from . import idempotency
from .balance import seen
from .desk import Desk, new_id
from .errors import CardError, StripeError
from .expand import expanded
from .operations import OPERATIONS, Operation
from .schema import params
from .validate import check
from .wire import api_key, tree_of, version


def endpoint(operation: Operation) -> Callable[[Request], Awaitable[Response]]:
    """Return the ASGI endpoint of an operation."""

    async def serve(request: Request) -> Response:
        headers = {"Request-Id": new_id("req_", 14)}
        try:
            headers["Stripe-Version"] = version(request)
            status, body, more = await answer(operation, request, headers["Request-Id"])
        except StripeError as error:
            status, body, more = error.status, error.body(), {}
            if status == 409:
                more["Stripe-Should-Retry"] = "true"
        return JSONResponse(body, status, headers | more)

    return serve


async def answer(operation: Operation, request: Request, request_id: str) -> tuple[int, Json, dict[str, str]]:
    """Run the pipeline and return status, body and additional headers."""
    world, secret = world_of(request), api_key(request)
    account = request.headers.get("stripe-account", "")
    key = request.headers.get("idempotency-key", "") if request.method == "POST" else ""
    tree = await tree_of(request)
    desk = Desk(world, account, request_id, key or None, path=dict(request.path_params))
    if not key:
        await asyncio.sleep(request.scope.get("simulator.slow", 0.0))
        return (*run(operation, desk, tree), {})
    stored_key, asked = f"{account}\n{secret}\n{key}", idempotency.fingerprint("POST", request.url.path, tree)
    before = idempotency.recall(world, stored_key, asked)
    echo = {"Idempotency-Key": key}
    if before is not None:
        return (
            before["status"],
            before["body"],
            echo | {"Idempotent-Replayed": "true", "Original-Request": before["request"]},
        )
    world.running[stored_key] = asked
    try:
        await asyncio.sleep(request.scope.get("simulator.slow", 0.0))
        with world.state.atomic():
            status, body = stored_run(operation, desk, tree)
            idempotency.store(world, stored_key, asked, status, body, request_id)
        return status, body, echo
    finally:
        del world.running[stored_key]


def stored_run(operation: Operation, desk: Desk, tree: Json) -> tuple[int, Json]:
    """Run an operation and return refusals that count as executed like answers; others are raised."""
    try:
        return run(operation, desk, tree)
    except StripeError as error:
        if not error.stored:
            raise
        return error.status, error.body()


def run(operation: Operation, desk: Desk, tree: Json) -> tuple[int, Json]:
    """Validate and execute. A declined card is an answer: what it changed stays."""
    desk.params = check(params(operation.schema), tree)
    with desk.world.state.atomic():
        try:
            body = operation.run(desk)
        except CardError as error:
            error.error["payment_intent"] = seen(desk, error.error["payment_intent"])
            return error.status, error.body()
        if body["object"] == "list":
            return 200, expanded(desk, body | {"data": [seen(desk, row) for row in body["data"]]})
        return 200, expanded(desk, seen(desk, body))


async def nowhere(request: Request) -> Response:
    """Answer a URL that does not exist."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    words = f"Unrecognized request URL ({request.method}: {path}). Please see https://stripe.com/docs"
    return JSONResponse(StripeError(words, status=404).body(), 404, {"Request-Id": new_id("req_", 14)})


ROUTES: list[BaseRoute] = [Route(one.path, endpoint(one), methods=[one.method]) for one in OPERATIONS]
ROUTES.append(Route("/{rest:path}", nowhere, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]))
