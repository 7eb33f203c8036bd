"""List pages: newest first, cursors by id, `created` ranges."""

from collections.abc import Callable, Sequence
from typing import Any

from marketplace.payments.simulator.state import Json

from .desk import Desk
from .errors import ParamError, missing

RANGES: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda at, edge: at > edge,
    "gte": lambda at, edge: at >= edge,
    "lt": lambda at, edge: at < edge,
    "lte": lambda at, edge: at <= edge,
}


def listed(desk: Desk, url: str, docs: Sequence[Json]) -> Json:
    """Return one page of documents that come oldest first."""
    limit = desk.params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise ParamError("limit", "Invalid integer: limit must be between 1 and 100", "parameter_invalid_integer")
    rows = [doc for doc in reversed(docs) if within(doc, desk.params.get("created"))]
    after, before = desk.params.get("starting_after"), desk.params.get("ending_before")
    if after:
        rows = rows[place(rows, after, "starting_after") + 1 :]
    if before:
        rows = rows[: place(rows, before, "ending_before")]
        return envelope(url, rows[-limit:], more=len(rows) > limit)
    return envelope(url, rows[:limit], more=len(rows) > limit)


def envelope(url: str, rows: list[Json], *, more: bool) -> Json:
    """Return Stripe's list object."""
    return {"object": "list", "data": rows, "has_more": more, "url": url}


def place(rows: list[Json], cursor: str, param: str) -> int:
    """Return where a cursor stands, or refuse an unknown one."""
    for number, row in enumerate(rows):
        if row["id"] == cursor:
            return number
    raise missing("object", cursor, param)


def within(doc: Json, created: Any) -> bool:
    """Say whether an object was created at a time, or in a range of times."""
    if created is None:
        return True
    if isinstance(created, int):
        return bool(doc["created"] == created)
    return all(RANGES[name](doc["created"], edge) for name, edge in created.items())
