"""Which tables are sealed, and what of a row the seal covers, in one canonical form."""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

Id = uuid.UUID
Parts = Mapping[Id, Mapping[str, Any]]
"""Of each row: the rows that belong to it by id, e.g. an entry's postings."""


@dataclass(frozen=True)
class Chain:
    """One sealed table. Its primary key is a UUID; rows never change.

    `fields` are column names (attnames). A seal remembers which it covered: a column added later changes no old hash.
    `parts` finds what belongs to rows and is sealed with them; a changed part is named by `part_name` and its id.
    """

    name: str
    model: type[models.Model]
    at: str
    """The column that says when a row was written."""
    fields: tuple[str, ...]
    title: str = "id"
    """The column people know a row by."""
    parts: Callable[[Sequence[Id]], Parts] | None = None
    part_name: str = ""


_chains: dict[str, Chain] = {}


def declare(chain: Chain) -> Chain:
    """Put a table under seal. Called once, when its app is ready."""
    _chains[chain.name] = chain
    return chain


def chains() -> tuple[Chain, ...]:
    """Every sealed table, in the order of their names."""
    return tuple(_chains[name] for name in sorted(_chains))


@dataclass(frozen=True, slots=True)
class Print:
    """A row's fingerprint: the hash of everything, short ones of its parts to tell which of them changed."""

    row: Id
    title: str
    hash: str
    parts: dict[str, str]


def prints(chain: Chain, ids: Iterable[Id], fields: Sequence[str]) -> dict[Id, Print]:
    """Fingerprints of the rows as they are now; rows that are gone are missing."""
    columns = dict.fromkeys([*fields, "pk", chain.title])
    found = chain.model._default_manager.filter(pk__in=list(ids)).values(*columns)
    rows = {row["pk"]: row for row in found}
    parts = chain.parts(list(rows)) if chain.parts else {}
    return {pk: _print(chain, pk, row, fields, parts.get(pk, {})) for pk, row in rows.items()}


def _print(chain: Chain, pk: Id, row: Mapping[str, Any], fields: Sequence[str], parts: Mapping[str, Any]) -> Print:
    hashes = {part: digest(content) for part, content in sorted(parts.items())}
    body = [[name, plain(row[name])] for name in fields]
    return Print(
        pk, str(row[chain.title]), digest([body, list(hashes.items())]), {p: h[:16] for p, h in hashes.items()}
    )


def digest(body: Any) -> str:
    """SHA-256 (hex) of a JSON-like value in its one canonical spelling."""
    return hashlib.sha256(
        json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    ).hexdigest()


def plain(value: Any) -> Any:
    """A column's value as JSON, the same on every engine: moments in UTC to the microsecond, ids as hex digits."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    if isinstance(value, uuid.UUID):
        return value.hex
    return value
