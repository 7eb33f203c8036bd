"""Where an operation works: the store of one Stripe account, its clock, and the events its changes cause."""

import json
import secrets
import string
from dataclasses import dataclass, field
from typing import Any

import stripe

from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.world import World

from .errors import missing

VERSION: str = stripe.api_version
WORDS = {
    "checkout.session": "checkout.session",
    "payment_intent": "payment_intent",
    "balance_transaction": "balance transaction",
}
ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str, length: int = 24) -> str:
    """Return a random id such as pi_3Qx..."""
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(length))


def public(doc: Json) -> Json:
    """Return an object as the API shows it: without the fields the simulator keeps for itself."""
    return {name: value for name, value in doc.items() if not name.startswith("_")}


@dataclass
class Desk:
    """One account's view of the world during one request, page visit or job."""

    world: World
    account: str = ""
    request_id: str | None = None
    idempotency_key: str | None = None
    params: dict[str, Any] = field(default_factory=dict)
    path: dict[str, str] = field(default_factory=dict)

    def now(self) -> int:
        """Return the simulator time as Stripe writes it."""
        return int(self.world.clock.now())

    def new_id(self, prefix: str, length: int = 24) -> str:
        """Return the id of an object that is being made."""
        return new_id(prefix, length)

    def get(self, kind: str, object_id: str, param: str = "id") -> Json:
        """Return an object of this account, or raise resource_missing."""
        doc = self.world.state.get(kind, object_id, account=self.account)
        if doc is None:
            raise missing(WORDS.get(kind, kind), object_id, param)
        return doc

    def find(self, kind: str, /, **equals: object) -> list[Json]:
        """Return this account's objects of a kind, oldest first."""
        return self.world.state.find(kind, account=self.account, **equals)

    def save(self, doc: Json) -> Json:
        """Store an object."""
        return self.world.state.put(doc["object"], doc, account=self.account)

    def emit(self, kind: str, doc: Json, previous: Json | None = None) -> None:
        """Record an event with a snapshot of the object and plan its webhook."""
        data: Json = {"object": public(doc)}
        if previous is not None:
            data["previous_attributes"] = previous
        url = str(self.world.tuned("webhook_url"))
        event: Json = {"id": new_id("evt_"), "object": "event", "api_version": VERSION, "created": self.now()}
        event |= {"data": data, "livemode": False, "pending_webhooks": 1 if url else 0}
        event |= {"request": {"id": self.request_id, "idempotency_key": self.idempotency_key}, "type": kind}
        if self.account:
            event["account"] = self.account
        self.save(event)
        if url:
            body = json.dumps(event, indent=2)  # real webhooks are indented: only the raw bytes verify
            self.world.courier.send(provider="stripe", topic=kind, ref=event["id"], url=url, body=body)
