"""What the simulator believes, in one SQLite file, so that a killed simulator comes back with the same belief."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Json = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS docs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, account TEXT NOT NULL DEFAULT '',
    body TEXT NOT NULL, UNIQUE (kind, id));
CREATE INDEX IF NOT EXISTS docs_phone ON docs (kind, json_extract(body, '$.msisdn'));
CREATE INDEX IF NOT EXISTS docs_intent ON docs (kind, json_extract(body, '$.payment_intent'));
CREATE INDEX IF NOT EXISTS docs_ref ON docs (kind, json_extract(body, '$.ref'));
CREATE TABLE IF NOT EXISTS jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, due REAL NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS jobs_due ON jobs (due, seq);
CREATE TABLE IF NOT EXISTS knobs (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class State:
    """A store of small JSON documents, a queue of jobs due at a simulator time, and named knobs."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        # Surviving SIGKILL needs no fsync, only surviving a power cut would.
        self.db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-2000;" + SCHEMA)

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """Keep all writes inside or none; a nested block that fails takes back its own writes only."""
        nested = self.db.in_transaction
        self.db.execute("SAVEPOINT nested" if nested else "BEGIN")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK TO nested" if nested else "ROLLBACK")
            if nested:
                self.db.execute("RELEASE nested")
            raise
        self.db.execute("RELEASE nested" if nested else "COMMIT")

    def put(self, kind: str, doc: Json, *, account: str = "") -> Json:
        """Insert or replace a document by its `id`; a replaced one keeps its place in the order."""
        self.db.execute(
            "INSERT INTO docs (kind, id, account, body) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
            (kind, doc["id"], account, json.dumps(doc)),
        )
        return doc

    def get(self, kind: str, doc_id: str, *, account: str | None = None) -> Json | None:
        """Return one document, or None; `account` restricts it to one Stripe account."""
        row = self.db.execute("SELECT body, account FROM docs WHERE kind = ? AND id = ?", (kind, doc_id)).fetchone()
        return json.loads(row[0]) if row and account in (None, row[1]) else None

    def find(self, kind: str, /, *, account: str | None = None, **equals: Any) -> list[Json]:
        """Return the documents of a kind whose top-level fields equal the given ones, oldest first."""
        sql, values = "SELECT body FROM docs WHERE kind = ?", list[Any]([kind])
        if account is not None:
            sql, values = sql + " AND account = ?", [*values, account]
        for field, value in equals.items():
            # The path stands in the text, not in a parameter, or the expression indexes would not be used.
            sql, values = f"{sql} AND json_extract(body, '$.{field}') IS ?", [*values, value]
        return [json.loads(row[0]) for row in self.db.execute(sql + " ORDER BY seq", values)]

    def account_of(self, kind: str, doc_id: str) -> str:
        """Return the Stripe account a document belongs to; empty for the platform's own."""
        row = self.db.execute("SELECT account FROM docs WHERE kind = ? AND id = ?", (kind, doc_id)).fetchone()
        return str(row[0]) if row else ""

    def forget(self, kind: str, doc_id: str | None = None) -> None:
        """Remove one document, or every document of a kind."""
        self.db.execute("DELETE FROM docs WHERE kind = ? AND (? IS NULL OR id = ?)", (kind, doc_id, doc_id))

    def knob(self, name: str, default: Any = None) -> Any:
        """Return a named value, or the default."""
        row = self.db.execute("SELECT value FROM knobs WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else default

    def turn(self, name: str, value: object) -> None:
        """Set a named value."""
        self.db.execute("INSERT OR REPLACE INTO knobs VALUES (?, ?)", (name, json.dumps(value)))

    def count(self, name: str) -> int:
        """Return the next number of a named series, starting at 1."""
        number = int(self.knob(f"count:{name}", 0)) + 1
        self.turn(f"count:{name}", number)
        return number

    def wipe(self) -> None:
        """Forget everything: documents, jobs and knobs."""
        for table in ("docs", "jobs", "knobs"):
            self.db.execute(f"DELETE FROM {table}")  # noqa: S608 - three constants

    def close(self) -> None:
        """Close the file."""
        self.db.close()
