"""Stripe's v1 API: one pipeline (key, version, form, idempotency, schema, operation, expansion) for every endpoint."""

import asyncio
import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.world import world_of

from . import forms, idempotency, intents, reads, refunds, sessions
from .balance import balance, seen
from .desk import VERSION, Desk, new_id
from .errors import CardError, StripeError
from .expand import expanded
from .schema import params
from .validate import check

VERSION_FORM = re.compile(r"\d{4}-\d{2}-\d{2}(\.[a-z]+)?")
KEY_FORM = re.compile(r"[sr]k_test_\w+")


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint: verb, path, the SDK's params class that describes it, and what it does."""

    method: str
    path: str
    schema: str
    run: Callable[[Desk], Json]


OPERATIONS = (
    Operation("POST", "/v1/checkout/sessions", "checkout.SessionCreate", sessions.create),
    Operation("GET", "/v1/checkout/sessions", "checkout.SessionList", sessions.index),
    Operation("GET", "/v1/checkout/sessions/{id}", "checkout.SessionRetrieve", sessions.retrieve),
    Operation("POST", "/v1/checkout/sessions/{id}/expire", "checkout.SessionExpire", sessions.expire),
    Operation("GET", "/v1/checkout/sessions/{id}/line_items", "checkout.SessionListLineItems", sessions.items),
    Operation("POST", "/v1/payment_intents", "PaymentIntentCreate", intents.create),
    Operation("GET", "/v1/payment_intents", "PaymentIntentList", intents.index),
    Operation("GET", "/v1/payment_intents/{id}", "PaymentIntentRetrieve", intents.retrieve),
    Operation("POST", "/v1/payment_intents/{id}/confirm", "PaymentIntentConfirm", intents.confirm),
    Operation("POST", "/v1/payment_intents/{id}/cancel", "PaymentIntentCancel", intents.cancel),
    Operation("GET", "/v1/charges", "ChargeList", reads.charges),
    Operation("GET", "/v1/charges/{id}", "ChargeRetrieve", reads.charge),
    Operation("POST", "/v1/refunds", "RefundCreate", refunds.create),
    Operation("GET", "/v1/refunds", "RefundList", refunds.index),
    Operation("GET", "/v1/refunds/{id}", "RefundRetrieve", refunds.retrieve),
    Operation("GET", "/v1/balance_transactions", "BalanceTransactionList", reads.balance_transactions),
    Operation("GET", "/v1/balance_transactions/{id}", "BalanceTransactionRetrieve", reads.balance_transaction),
    Operation("GET", "/v1/balance", "BalanceRetrieve", balance),
    Operation("GET", "/v1/disputes", "DisputeList", reads.disputes),
    Operation("GET", "/v1/disputes/{id}", "DisputeRetrieve", reads.dispute),
    Operation("GET", "/v1/events", "EventList", reads.events),
    Operation("GET", "/v1/events/{id}", "EventRetrieve", reads.event),
)


def api_key(request: Request) -> str:
    """Return the secret key, given as bearer token or as Basic user name."""
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            given = ""
    if not given:
        words = "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
        raise StripeError(words, status=401)
    if not KEY_FORM.fullmatch(given):
        raise StripeError(f"Invalid API Key provided: {given[:7]}{'*' * 8}{given[-4:]}", status=401)
    return given


def version(request: Request) -> str:
    """Return the API version of the request; the pinned one when none is named."""
    named = request.headers.get("stripe-version", VERSION)
    if not VERSION_FORM.fullmatch(named):
        raise StripeError(f"Invalid Stripe API version: {named}")
    return named


async def tree_of(request: Request) -> Json:
    """Return the request's parameters as an untyped tree."""
    if request.method != "POST":
        return forms.parse(request.url.query)
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if body and kind != "application/x-www-form-urlencoded":
        raise StripeError(
            "Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have"
            " any questions, we can help at https://support.stripe.com/."
        )
    try:
        return forms.parse(body.decode())
    except UnicodeDecodeError as error:
        raise StripeError("Invalid UTF-8 in the request body") from error


def endpoint(operation: Operation) -> Callable[[Request], "object"]:
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


ROUTES: list[BaseRoute] = [Route(one.path, endpoint(one), methods=[one.method]) for one in OPERATIONS]  # type: ignore[arg-type]
ROUTES.append(Route("/{rest:path}", nowhere, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]))
