"""Reading what comes over the wire."""

import json
from typing import Any

from marketplace.payments.errors import Malformed


def read_json(body: bytes) -> dict[str, Any]:
    """A JSON object in UTF-8, or `Malformed`."""
    try:
        found = json.loads(body.decode())
    except (ValueError, RecursionError) as error:
        raise Malformed from error
    if not isinstance(found, dict):
        raise Malformed
    return found
