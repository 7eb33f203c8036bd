"""The faults a test can order: a gateway in trouble, an answer that never comes, a connection that breaks."""

import os
import socket

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Message, Scope, Send

BEFORE = ("429", "spike", "500", "503", "html")  # answered instead of the provider
KINDS_HELD = ("timeout_after", "drop_after")  # the provider has accepted, the client does not hear of it
MOST_SOCKETS = 1024  # file descriptors looked through
KINDS = (*KINDS_HELD, "drop", *BEFORE, "slow")
PAGE = "<html><head><title>Error</title></head><body>Request unsuccessful. Incapsula incident ID: 0-0</body></html>"


class Answer:
    """Passes an answer on, or holds it back until released."""

    def __init__(self, send: Send, *, held: bool) -> None:
        self.out, self.held, self.kept = send, held, list[Message]()
        self.status: int | None = None

    async def send(self, message: Message) -> None:
        """Take one ASGI message."""
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
        if self.held:
            self.kept.append(message)
        else:
            await self.out(message)

    async def release(self) -> None:
        """Send what was held back."""
        for message in self.kept:
            await self.out(message)


def broken(provider: str, kind: str) -> Response:
    """Return the answer of a gateway in trouble."""
    if kind == "html":
        return HTMLResponse(PAGE, 503)
    if provider == "stripe":
        status = {"429": 429, "spike": 429, "503": 503}.get(kind, 500)
        limited = {"type": "invalid_request_error", "code": "rate_limit", "message": "Too many requests."}
        failed = {"type": "api_error", "message": "An unknown error occurred."}
        return JSONResponse({"error": limited if status == 429 else failed}, status, {"Request-Id": "req_fault"})
    if kind in ("429", "503"):
        words = {"429": ("Quota violation", "policies.ratelimit.QuotaViolation")}
        fault, code = words.get(
            kind, ("The Service is temporarily unavailable", "messaging.adaptors.http.flow.ServiceUnavailable")
        )
        return JSONResponse({"fault": {"faultstring": fault, "detail": {"errorcode": code}}}, int(kind))
    code, message = ("500.003.1001", "Internal server error")
    if kind == "spike":
        code, message = ("500.003.02", "Error Occurred: Spike Arrest Violation")
    return JSONResponse({"requestId": "fault", "errorCode": code, "errorMessage": message}, 500)


class Dropped(Exception):
    """Ends a request whose connection is gone."""


async def drop(scope: Scope, send: Send) -> None:
    """Close the client's connection without a byte of an answer; where that cannot be done, break an answer off.

    The server offers no way to hang up, so the connection's own socket is found by the client's address.
    """
    if hang_up(scope):
        raise Dropped
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"512")]})
    await send({"type": "http.response.body", "body": b"{", "more_body": True})
    raise Dropped


def hang_up(scope: Scope) -> bool:
    """Shut the socket down that is connected to the client; False when there is none."""
    host, port = scope.get("client") or ("", 0)
    for number in range(3, MOST_SOCKETS):
        try:
            with socket.socket(fileno=os.dup(number)) as found:
                if found.getpeername()[:2] == (host, int(port)):
                    found.shutdown(socket.SHUT_RDWR)
                    return True
        except (OSError, IndexError):
            continue
    return False
