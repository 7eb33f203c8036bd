"""A mail server small enough to read: real SMTP on a real socket; keeps what it took, and can be told to refuse."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.mails: list[EmailMessage] = []
        self.answers: dict[str, str] = {}
        """What to say instead of 250, by verb: {"RCPT": "550 no such mailbox"}. "hangup" drops the line."""
        self.took = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Conversation(socketserver.StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        self.say("220 mail.test ready")
        while line := self.rfile.readline():
            verb = line.decode().strip().split(" ")[0].split(":")[0].upper()
            if verb == "QUIT":
                return self.say("221 bye")
            refusal = self.server.answers.get(verb)
            if refusal == "hangup":
                return None
            if refusal:
                self.say(refusal)
            elif verb == "DATA":
                self.say("354 go on")
                self.take()
            else:
                self.say("250 ok")
        return None

    def take(self) -> None:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line[1:] if line.startswith(b"..") else line)
        after = self.server.answers.get("after-data")
        if after != "hangup before taking":
            self.server.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))
            self.server.took.set()
        self.say("250 taken") if not after else self.connection.shutdown(socket.SHUT_RDWR)

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


@contextmanager
def running() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
