"""How fast the shop is on this machine: `make bench`. Prints figures beside targets; fails nothing.

The whole site runs on a fresh database (PostgreSQL when there is one), with the demo catalog, and is asked over HTTP by
a few visitors at once from the same machine. Figures are per second, over `SECONDS` of asking.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

from tests import services  # noqa: E402
from tests.buyer import Buyer, buy  # noqa: E402
from tests.stack import Stack  # noqa: E402

SECONDS = 8.0
VISITORS = 4
TARGETS = {"/": 60, "/events/": 60, "/events/nairobi-jazz-night/": 60, "/products/daraja-kit/": 60, "checkout": 4}
"""Answers per second, and whole guest checkouts per second, on two cores shared with the asking programs."""


def main() -> None:
    with services.postgres() as server:
        url = fresh(server) if server else f"sqlite:///{tempfile.mkdtemp()}/bench.sqlite3"
        print(f"Database: {'PostgreSQL' if server else 'SQLite'}; {VISITORS} visitors at once, {SECONDS:.0f} s each")
        stack = Stack(url)
        for command in ("migrate", "load_demo"):
            environment = stack.programs["web"].full_environment()
            subprocess.run([sys.executable, "manage.py", command, "-v0"], cwd=ROOT, env=environment, check=True)
        try:
            stack.start()
            for path, target in TARGETS.items():
                show(path, target, *(checkouts(stack) if path == "checkout" else reads(stack, path)))
        finally:
            stack.stop()
            if server:
                drop(server, url)


def show(name: str, target: float, rate: float, middle: float, slow: float) -> None:
    verdict = "ok  " if rate >= target else "SLOW"
    pace = f"median {middle * 1000:5.0f} ms, p95 {slow * 1000:5.0f} ms"
    print(f"{verdict} {name:32} {rate:7.1f}/s (target {target}/s)  {pace}")


def measure(work: object) -> tuple[float, float, float]:
    """Let every visitor work until time is up: rate, median and 95th percentile in seconds."""
    times: list[float] = []

    def visit(number: int) -> None:
        step = work(number)  # type: ignore[operator]
        while time.monotonic() < end:
            begun = time.perf_counter()
            step()
            times.append(time.perf_counter() - begun)

    end = time.monotonic() + SECONDS
    with ThreadPoolExecutor(VISITORS) as pool:
        list(pool.map(visit, range(VISITORS)))
    return len(times) / SECONDS, statistics.median(times), sorted(times)[int(len(times) * 0.95)]


def reads(stack: Stack, path: str) -> tuple[float, float, float]:
    def visitor(_number: int) -> object:
        buyer = Buyer(stack.base_url)
        return lambda: buyer.client.get(path).raise_for_status()

    return measure(visitor)


def checkouts(stack: Stack) -> tuple[float, float, float]:
    """From the event page to the page that says: look at your phone."""
    counter = iter(range(10_000_000))

    def visitor(_number: int) -> object:
        def once() -> None:
            n = next(counter)
            with Buyer(stack.base_url) as buyer:
                page = buy(
                    buyer, "/events/run-the-fort/", offer_id=offer, email=f"b{n}@example.org", provider="mpesa",
                    phone=f"07{n:05d}789", terms="on",
                )  # fmt: skip
                assert page.path.startswith("/orders/"), page.text[:400]

        return once

    page = Buyer(stack.base_url).open("/events/run-the-fort/")
    offer = int(str(page.soup.select_one("select[name^=quantity-]")["name"]).split("-")[1])  # type: ignore[index]
    return measure(visitor)


def fresh(server: str) -> str:
    """A new database on the server; its address."""
    import psycopg

    name = f"sokoni_bench_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return server.rsplit("/", 1)[0] + f"/{name}"


def drop(server: str, url: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{url.rsplit("/", 1)[1]}" WITH (FORCE)')


if __name__ == "__main__":
    main()
