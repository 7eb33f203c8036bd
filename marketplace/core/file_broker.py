"""Celery's broker of files, made safe: a file appears under its name only when it is complete.

Kombu's own creates messages and tables of queues and then fills them; a worker that reads in between takes an empty
one and dies of it.
"""

import contextlib
import uuid
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps

SCHEME = "files"


class Channel(filesystem.Channel):
    """Kombu's channel with atomic writes. A draft's name is no message's name: readers pass it over."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        folder = Path(self.data_folder_out)
        _write(folder / f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg", payload)

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        row = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._table(exchange) as rows:
            if row not in rows:
                rows.insert(0, row)

    def _delete(self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any) -> None:
        self._purge(queue)
        row = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._table(exchange) as rows:
            if row in rows:
                rows.remove(row)

    @contextlib.contextmanager
    def _table(self, exchange: str) -> Iterator[list[Any]]:
        """An exchange's rows, to be changed by one process at a time."""
        file: Path = self._exchange_file(exchange)
        file.parent.mkdir(exist_ok=True)
        with file.with_name(f".{file.name}.lock").open("a") as held:
            filesystem.lock(held, filesystem.LOCK_EX)
            rows = self.get_table(exchange)
            before = list(rows)
            yield rows
            if rows != before:
                _write(file, rows)


def _write(file: Path, content: Any) -> None:
    draft = file.with_name(f".{file.name}.draft")
    draft.write_bytes(str_to_bytes(dumps(content)))
    draft.rename(file)


class Transport(filesystem.Transport):
    """For broker URLs that start with `files://`."""

    Channel = Channel


def register() -> str:
    """Make the scheme known to kombu; returns the broker's URL."""
    TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
    return f"{SCHEME}://"
