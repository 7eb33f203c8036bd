"""Fresh, committed databases for tests that need real transactions.

Append-only tables refuse to be flushed, so nothing is flushed: such a test gets a clone of the migrated test database
(PostgreSQL: CREATE DATABASE ... TEMPLATE; SQLite: a file copy) and throws it away.
"""

import contextlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connections
from django.test.utils import setup_databases, teardown_databases

TEMPLATE = "TEST_TEMPLATE"
"""Names a migrated database that is only ever copied, made once for all passes and workers on an engine."""


@contextlib.contextmanager
def cloned() -> Iterator[str]:
    """Point Django's default connection at a private clone; yields its DATABASE_URL for other processes."""
    connection = connections["default"]
    settings: dict[str, Any] = connection.settings_dict
    before = settings["NAME"]
    template = settings.setdefault("CLONED_FROM", before)  # a clone in use cannot be copied, its template can
    connections.close_all()
    name = clone(settings, template)
    settings["NAME"] = name
    try:
        yield url_of(settings)
    finally:
        connections.close_all()
        settings["NAME"] = before
        drop(settings, name)


@contextlib.contextmanager
def migrated() -> Iterator[None]:
    """The test database, as Django makes it."""
    made = setup_databases(verbosity=0, interactive=False)
    yield
    teardown_databases(made, verbosity=0)


@contextlib.contextmanager
def of_template() -> Iterator[None]:
    """The test database as a copy of the shared template: migrating takes a while, copying none."""
    connections["default"].settings_dict["CLONED_FROM"] = os.environ[TEMPLATE]
    with cloned():
        yield


def make_template(name: str) -> None:
    """Create and migrate the template `name`: the path of a file, or a database on the server."""
    connections["default"].settings_dict["TEST"]["NAME"] = name
    setup_databases(verbosity=0, interactive=False)
    connections.close_all()


def clone(settings: dict[str, Any], template: str) -> str:
    """Copy the database `template`; returns the copy's name."""
    if is_sqlite(settings):
        folder = Path(tempfile.mkdtemp(prefix="sokoni-db-"))
        with contextlib.suppress(FileNotFoundError):
            shutil.copy(f"{template}-wal", folder / "copy.sqlite3-wal")
        shutil.copy(template, folder / "copy.sqlite3")
        return str(folder / "copy.sqlite3")
    name = f"sokoni_clone_{uuid.uuid4().hex[:12]}"
    on_server(settings, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return name


def drop(settings: dict[str, Any], name: str) -> None:
    """Remove a clone, whoever is still connected to it."""
    if is_sqlite(settings):
        shutil.rmtree(Path(name).parent, ignore_errors=True)
    else:
        on_server(settings, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def is_sqlite(settings: dict[str, Any]) -> bool:
    return "sqlite" in settings["ENGINE"]


def url_of(settings: dict[str, Any]) -> str:
    """The DATABASE_URL of a Django database setting."""
    if is_sqlite(settings):
        return f"sqlite:///{settings['NAME']}"
    user = settings["USER"] + (f":{settings['PASSWORD']}" if settings["PASSWORD"] else "")
    host = settings["HOST"] or "127.0.0.1"
    if host.startswith("/"):
        return f"postgres://{user}@{host.replace('/', '%2F')}:{settings['PORT'] or 5432}/{settings['NAME']}"
    return f"postgres://{user}@{host}:{settings['PORT'] or 5432}/{settings['NAME']}"


def on_server(settings: dict[str, Any], statement: str) -> None:
    """Run one statement outside any transaction, on the server's maintenance database."""
    import psycopg

    with psycopg.connect(
        host=settings["HOST"] or None,
        port=settings["PORT"] or None,
        user=settings["USER"] or None,
        password=settings["PASSWORD"] or None,
        dbname=os.environ.get("MAINTENANCE_DB", "postgres"),
        autocommit=True,
    ) as server:
        server.execute(statement)


if __name__ == "__main__":
    import sys

    import django

    django.setup()
    make_template(sys.argv[1])
