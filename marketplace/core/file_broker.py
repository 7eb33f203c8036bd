"""Celery's broker of files, made safe: a message appears under its name only when it is complete.

Kombu's own creates the file and then fills it; a worker that reads in between takes an empty message and dies of it.
"""

import uuid
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps

SCHEME = "files"


class Channel(filesystem.Channel):
    """Kombu's channel with an atomic put. A draft's name is no message's name: readers pass it over."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        folder = Path(self.data_folder_out)
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        draft = folder / f".{name}.draft"
        draft.write_bytes(str_to_bytes(dumps(payload)))  # type: ignore[no-untyped-call]
        draft.rename(folder / name)


class Transport(filesystem.Transport):
    """For broker URLs that start with `files://`."""

    Channel = Channel


def register() -> str:
    """Make the scheme known to kombu; returns the broker's URL."""
    TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
    return f"{SCHEME}://"
