"""The gate every request passes: host check, record of what was received, and the faults a test ordered."""

import asyncio
import json
import logging
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import chaos
from .faults import BEFORE, KINDS_HELD, Answer, Dropped, broken, drop
from .settings import is_loopback
from .state import Json
from .world import World

log = logging.getLogger(__name__)
LARGEST = 1_000_000  # bytes of a request body
KEPT = 2000  # requests remembered for GET /_sim/requests
HEADERS = ("content-type", "idempotency-key", "stripe-version", "stripe-account", "user-agent")


class Gate:
    """ASGI middleware around the whole simulator; only provider calls are recorded and made to fail."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self.app, self.world = app, world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or through a fault."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        host = Headers(scope=scope).get("host", "").rsplit(":", 1)[0]
        if not is_loopback(host):  # a web page that rebinds its name to loopback must not reach us
            await JSONResponse({"error": "only loopback hosts are served"}, 421)(scope, receive, send)
            return
        provider = provider_of(scope["path"])
        try:
            await (self.provider_call(provider, scope, receive, send) if provider else self.app(scope, receive, send))
        except Dropped:
            raise
        except Exception:
            log.exception("%s %s failed", scope["method"], scope["path"])
            raise

    async def provider_call(self, provider: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Record one call of a provider's API and answer it, honestly or not."""
        body = await whole(receive)
        if body is None:
            await JSONResponse({"error": "request body too large"}, 413)(scope, receive, send)
            return
        fault = self.take_fault(provider, scope["path"])
        kind = fault["kind"] if fault else ""
        number = self.record(provider, scope, body, kind)
        answer = Answer(send, held=kind in KINDS_HELD)
        inner: Receive = replay(body)
        if fault and kind == "slow":
            scope["simulator.slow"] = float(fault["seconds"])
        if fault and kind == "drop":
            await drop(scope, send)
        elif fault and kind in BEFORE:
            await broken(provider, kind)(scope, inner, answer.send)
        else:
            await self.app(scope, inner, answer.send)
        self.note_status(number, answer.status)
        if fault and kind == "timeout_after":
            await asyncio.sleep(float(fault["seconds"]))
            await answer.release()
        elif kind == "drop_after":
            await drop(scope, send)

    def take_fault(self, provider: str, path: str) -> Json | None:
        """Return the first fault ordered for this call, counted down by one, or what chaos has for it."""
        for fault in self.world.state.find("fault"):
            if fault["provider"] in ("", provider) and fault["path"] in path:
                if fault["left"] is None:  # until it is mended
                    return fault
                fault["left"] -= 1
                if fault["left"] > 0:
                    self.world.state.put("fault", fault)
                else:
                    self.world.state.forget("fault", fault["id"])
                return fault
        return chaos.fault_for(self.world, provider, path)

    def record(self, provider: str, scope: Scope, body: bytes, fault: str) -> int:
        """Remember what was received, without credentials, and return its number."""
        headers = Headers(scope=scope)
        number = self.world.state.count("request")
        seen: Json = {"id": str(number), "at": self.world.clock.now(), "provider": provider, "fault": fault}
        seen |= {"method": scope["method"], "path": scope["path"], "query": scope["query_string"].decode("latin-1")}
        seen |= {"headers": {name: headers[name] for name in HEADERS if name in headers}, "body": readable(body)}
        self.world.state.put("request", seen | {"status": None})
        self.world.state.forget("request", str(number - KEPT))
        return number

    def note_status(self, number: int, status: int | None) -> None:
        """Add the answer's status to the record; None means the connection was dropped unanswered."""
        seen = self.world.state.get("request", str(number))
        if seen is not None:
            self.world.state.put("request", seen | {"status": status})


def provider_of(path: str) -> str:
    """Name the provider whose API a path belongs to; pages for people are nobody's."""
    if path.startswith("/stripe/v1/"):
        return "stripe"
    return "daraja" if path.startswith("/daraja/") else ""


async def whole(receive: Receive) -> bytes | None:
    """Read a whole body, or return None when it is too large."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = bool(message.get("more_body")) and message["type"] == "http.request"
        if len(body) > LARGEST:
            return None
    return body


def replay(body: bytes) -> Receive:
    """Return a receive callable that gives a body once more."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def readable(body: bytes) -> object:
    """Return a body as JSON, as form fields, or as text."""
    text = body.decode("utf-8", "replace")
    try:
        return json.loads(text) if text else None
    except ValueError:
        fields = dict(parse_qsl(text, keep_blank_values=True))
        return fields or text
