"""A tiny site that callbacks and webhooks are sent to."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Received:
    """One POST as it arrived."""

    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        """Return the body."""
        return json.loads(self.raw)

    @property
    def callback(self) -> dict[str, Any]:
        """Return the result inside an STK callback."""
        found: dict[str, Any] = self.json["Body"]["stkCallback"]
        return found

    @property
    def result(self) -> dict[str, Any]:
        """Return what the result of an initiator API tells."""
        found: dict[str, Any] = self.json["Result"]
        return found

    @property
    def told(self) -> dict[str, Any]:
        """Return the parameters of a result; of a repeated key the last."""
        rows = self.result["ResultParameters"]["ResultParameter"]
        rows = [rows] if isinstance(rows, dict) else rows
        return {row["Key"]: row.get("Value") for row in rows}

    @property
    def items(self) -> dict[str, Any]:
        """Return the name and value pairs of a successful STK callback."""
        return {item["Name"]: item.get("Value") for item in self.callback["CallbackMetadata"]["Item"]}


class Server(ThreadingHTTPServer):
    """Takes a burst of connections."""

    request_queue_size = 128


class Receiver:
    """Answers every POST with `answer` and keeps it; `on_post` sees it before the answer leaves."""

    def __init__(self) -> None:
        self.got: list[Received] = []
        self.answer: tuple[int, dict[str, Any]] = (200, {"ResultCode": 0, "ResultDesc": "Accepted"})
        self.on_post: Callable[[Received], None] = lambda received: None
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                announced = int(self.headers.get("Content-Length", 0))
                raw = self.rfile.read(announced)
                if len(raw) < announced:
                    return  # the sender was killed in the middle of it: nothing has arrived
                received = Received(self.path, dict(self.headers.items()), raw)
                receiver.on_post(received)
                receiver.got.append(received)
                status, body = receiver.answer
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def clear(self) -> None:
        """Forget what has arrived and answer 200 again."""
        self.got.clear()
        self.answer = (200, {"ResultCode": 0, "ResultDesc": "Accepted"})
        self.on_post = lambda received: None

    def at(self, path: str) -> list[Received]:
        """Return what arrived at a path."""
        return [one for one in self.got if one.path == path]

    def types(self) -> list[str]:
        """Return the types of the Stripe events that arrived."""
        return [one.json["type"] for one in self.at("/hooks/stripe/")]

    def close(self) -> None:
        """Stop."""
        self.server.shutdown()
        self.server.server_close()
