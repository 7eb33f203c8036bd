"""The request schemas: the TypedDicts the pinned SDK itself carries, resolved only when a request needs them."""

import sys
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib import import_module
from typing import Any

import typing_extensions
from stripe._request_options import RequestOptions

CLIENT_SIDE = frozenset(RequestOptions.__annotations__)  # idempotency_key, stripe_account, ...: never on the wire
# Names that some of the SDK's modules import for type checkers only.
NAMES = {"StripeContext": str, "Decimal": Decimal, "Mapping": Mapping}


@cache
def params(name: str) -> type:
    """Return a params class, `checkout.SessionCreate` for stripe.params.checkout's SessionCreateParams."""
    package, _, short = name.rpartition(".")
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in short)
    module = import_module(".".join(filter(None, ["stripe.params", package, f"{snake}_params"])))
    found: type = getattr(module, f"{short}Params")
    return found


@cache
def fields(typed: type) -> dict[str, tuple[Any, bool]]:
    """Return a TypedDict's fields as name: (type, required)."""
    names = {**vars(sys.modules[typed.__module__]), **NAMES}
    hints = typing_extensions.get_type_hints(typed, names, names)
    required: frozenset[str] = typed.__required_keys__  # type: ignore[attr-defined]
    return {name: (hint, name in required) for name, hint in hints.items() if name not in CLIENT_SIDE}


def is_object(hint: Any) -> bool:
    """Say whether a type is one of the SDK's TypedDicts."""
    return bool(typing_extensions.is_typeddict(hint))
