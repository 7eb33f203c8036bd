"""What a provider can state about our balance there: asked by its API, or read from a file somebody uploads."""

import datetime as dt
from collections.abc import Callable
from importlib import import_module
from typing import Any

from marketplace.payments.reconciliation.stated import Statement

ASKED: dict[str, str] = {"stripe": "marketplace.payments.providers.stripe.statement"}
"""Modules with `statement(since, until) -> Statement`; it raises `Refused`, `Unavailable` or `Silent`."""
UPLOADED: dict[str, str] = {"mpesa": "marketplace.payments.providers.mpesa.statement"}
"""Modules with `read(content: bytes) -> Statement`; it raises `Malformed`."""


def ask(provider: str, since: dt.datetime, until: dt.datetime) -> Statement:
    """Ask the provider itself, outside any transaction."""
    found: Statement = _tool(ASKED[provider], "statement")(since, until)
    return found


def read(provider: str, content: bytes) -> Statement:
    """Read a file of the provider's own portal."""
    found: Statement = _tool(UPLOADED[provider], "read")(content)
    return found


def _tool(module: str, name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found
