"""Stripe's bracket forms: `a[b][0][c]=1` becomes {"a": {"b": {"0": {"c": "1"}}}}; lists are made by the schema."""

import re
from typing import Any
from urllib.parse import parse_qsl

from .errors import ParamError, StripeError

KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
PART = re.compile(r"\[([^\[\]]*)\]")
DEEPEST = 12
MOST = 2000  # fields of one request


def parse(raw: str) -> dict[str, Any]:
    """Parse a body or query string; a key used both as a value and as an object is refused."""
    tree: dict[str, Any] = {}
    try:
        pairs = parse_qsl(raw, keep_blank_values=True, max_num_fields=MOST, errors="strict")
    except ValueError as error:
        raise StripeError(f"Invalid request body: {error}") from error
    for key, value in pairs:
        put(tree, key, value)
    return tree


def put(tree: dict[str, Any], key: str, value: str) -> None:
    """Place one value at its bracketed key."""
    match = KEY.fullmatch(key)
    parts = [match[1], *PART.findall(match[2])] if match else []
    if not parts or len(parts) > DEEPEST:
        raise ParamError(key, f"Invalid parameter name: {key}")
    node = tree
    for part in parts[:-1]:
        node = node.setdefault(part or str(len(node)), {})
        if not isinstance(node, dict):
            raise ParamError(key, f"Invalid object: {key}")
    last = parts[-1] or str(len(node))
    if isinstance(node.get(last), dict):
        raise ParamError(key, f"Invalid object: {key}")
    node[last] = value
