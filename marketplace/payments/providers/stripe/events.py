"""Events as Stripe keeps them for thirty days, for webhooks that never came."""

import datetime as dt
import json
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import stripe

from marketplace.payments.providers.stripe.client import calling, client

if TYPE_CHECKING:
    from stripe.params import EventListParams

PAGE, PAGES = 100, 50


def since(moment: dt.datetime) -> Iterator[tuple[str, bytes]]:
    """(id, body as a webhook would carry it) of each event since then, newest first.

    Raises `Refused`, `Unavailable` or `Silent`.
    """
    after = ""
    for _ in range(PAGES):
        params = _params(moment, after)
        found = calling("events", partial(_list, params))
        for event in found.data:
            yield event.id, json.dumps(event.to_dict(for_json=True)).encode()
        if not found.has_more:
            return
        after = found.data[-1].id


def _list(params: "EventListParams") -> "stripe.ListObject[stripe.Event]":
    return client().v1.events.list(params)


def _params(moment: dt.datetime, after: str) -> "EventListParams":
    params: EventListParams = {"limit": PAGE, "created": {"gte": int(moment.timestamp())}}
    if after:
        params["starting_after"] = after
    return params
