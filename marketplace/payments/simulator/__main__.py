"""Start the simulator: `python -m marketplace.payments.simulator --port 8100`."""

import asyncio
import dataclasses
import json
import os
import shutil
import signal
import socket
import sys
from pathlib import Path

from granian.constants import Interfaces
from granian.server.embed import Server

from . import control, past
from .app import build
from .settings import Settings, read
from .world import World

GRACE = 1.0  # seconds for requests under way


def free_port(settings: Settings) -> int:
    """Return the port to use, 0 resolved; end with exit code 2 if another program has it."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        # The server itself would silently share a port with another simulator, so it is tried out here.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            sys.stderr.write(f"cannot listen on {settings.host}:{settings.port}: {error.strerror}\n")
            raise SystemExit(2) from error
        return int(probe.getsockname()[1])


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; say `ready URL` once requests are answered."""
    app, world = build(settings)
    if settings.past:
        recall(world, Path(settings.past))
    server = Server(
        app, address=settings.host, port=settings.port, interface=Interfaces.ASGI, log_enabled=False, websockets=False
    )
    loop, ending = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    serving = asyncio.create_task(server.serve())
    await answering(settings, serving)
    print(f"ready {settings.base_url}", flush=True)
    await asyncio.wait({serving, asyncio.create_task(ending.wait())}, return_when=asyncio.FIRST_COMPLETED)
    server.stop()  # type: ignore[no-untyped-call]
    await asyncio.wait({serving}, timeout=GRACE)
    world.state.close()
    if not settings.keeps_state:
        shutil.rmtree(settings.state.parent, ignore_errors=True)
    sys.stdout.flush()
    os._exit(0)  # requests that hang in an ordered fault must not keep the process from ending


def recall(world: World, file: Path) -> None:
    """Believe what a file tells of the past; one that cannot be understood is said so, and nothing of it believed."""
    try:
        past.remember(world, control.ORDERS["past"].read(json.loads(file.read_text(encoding="utf-8"))))
    except (OSError, ValueError, TypeError, KeyError) as error:
        sys.stderr.write(f"the past in {file} is not believed: {error}\n")


async def answering(settings: Settings, serving: asyncio.Task[None]) -> None:
    """Wait until the port answers, or raise what stopped the server."""
    while True:
        if serving.done():
            serving.result()
            raise SystemExit("the server ended before it had begun")
        try:
            _, writer = await asyncio.open_connection(settings.host, settings.port)
        except OSError:
            await asyncio.sleep(0.02)
            continue
        writer.close()
        return


def main() -> None:
    """Read the command line and run."""
    settings = read()
    settings = dataclasses.replace(settings, port=free_port(settings))
    asyncio.run(serve(settings))


if __name__ == "__main__":
    main()
