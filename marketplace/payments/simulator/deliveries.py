"""The courier: callbacks and webhooks on their way to the site, with the accidents a test orders.

A delivery is a document (`due`, `held`, `sent`, `failed`, `dropped` or `refused`) plus a job; both survive a restart.
"""

import asyncio
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import stripe

from . import chaos
from .settings import is_loopback
from .state import Json

if TYPE_CHECKING:
    from .world import World

# Seconds; Stripe waits 10-20 s for a 2xx, Daraja about as long. Waiting for a free connection does not count.
TIMEOUT = httpx.Timeout(10.0, pool=None)
LIMITS = httpx.Limits(max_connections=24, max_keepalive_connections=8, keepalive_expiry=2.0)
FAREWELL = 1000  # finished deliveries kept for GET /_sim/deliveries


class Courier:
    """Carries JSON bodies to the site. Only loopback receivers are ever called."""

    def __init__(self, world: "World") -> None:
        self.world = world
        # Loopback only: no authorities to load. Few connections at once, so that a burst does not flood a small server.
        self.client = httpx.AsyncClient(
            timeout=TIMEOUT,
            limits=LIMITS,
            follow_redirects=False,
            trust_env=False,
            verify=False,  # noqa: S501
        )
        world.scheduler.sends["deliver"] = self.deliver

    def send(
        self, *, provider: str, topic: str, ref: str, url: str, body: str, delay: float = 0.0, copies: int = 1
    ) -> list[str]:
        """Plan a delivery (`copies` of it) `delay` simulated seconds from now and return the delivery ids."""
        rule = self.rule_for(provider, topic) or chaos.rule_for(self.world, provider, topic)
        action = rule["action"] if rule else ""
        if rule and action == "delay":
            delay += rule["seconds"]
        if rule and action == "duplicate":
            copies = max(copies, rule["copies"])
        state = {"drop": "dropped", "reorder": "held"}.get(action, "due")
        sent = [self.plan(provider, topic, ref, url, body, state, delay) for _ in range(copies)]
        if rule and action == "reorder" and rule["left"] == 0:
            self.release()
        return sent

    def plan(self, provider: str, topic: str, ref: str, url: str, body: str, state: str, delay: float) -> str:
        """Write one delivery down and, unless it is held or dropped, its job."""
        number = self.world.state.count("delivery")
        doc: Json = {"id": f"dlv_{number}", "provider": provider, "topic": topic, "ref": ref, "url": url, "body": body}
        doc |= {"state": state, "created": self.world.clock.now(), "attempts": []}
        if state == "due" and not is_loopback(urlsplit(url).hostname or ""):
            doc["state"] = "refused"
        self.world.state.put("delivery", doc)
        old = self.world.state.get("delivery", f"dlv_{number - FAREWELL}")
        if old is not None and old["state"] not in ("due", "held"):
            self.world.state.forget("delivery", old["id"])
        if doc["state"] == "due":
            self.world.scheduler.at("deliver", {"id": doc["id"]}, delay=delay)
        return str(doc["id"])

    def rule_for(self, provider: str, topic: str) -> Json | None:
        """Return the first accident ordered for this delivery, counted down by one."""
        for rule in self.world.state.find("rule"):
            if rule["provider"] in ("", provider) and rule["match"] in topic:
                rule["left"] = None if rule["left"] is None else rule["left"] - 1
                if rule["left"] == 0:
                    self.world.state.forget("rule", rule["id"])
                else:
                    self.world.state.put("rule", rule)
                return rule
        return None

    def release(self) -> int:
        """Send what was held back, the newest first, and say how many there were."""
        held = self.world.state.find("delivery", state="held")
        for place, doc in enumerate(reversed(held)):
            self.world.state.put("delivery", doc | {"state": "due"})
            self.world.scheduler.at("deliver", {"id": doc["id"]}, delay=0.5 * place)
        return len(held)

    async def deliver(self, job: Json) -> None:
        """Make one attempt; plan the next by the provider's schedule if it fails."""
        doc = self.world.state.get("delivery", job["id"])
        if doc is None or doc["state"] != "due":
            return
        status, error = await self.post(doc)
        doc = self.world.state.get("delivery", job["id"])
        if doc is None:
            return  # reset while the call was under way
        doc["attempts"].append({"at": self.world.clock.now(), "status": status, "error": error})
        waits = list(self.world.tuned(f"{doc['provider']}_retries"))
        tried = len(doc["attempts"])
        if status is not None and 200 <= status < 300:
            doc["state"] = "sent"
        elif tried > len(waits):
            doc["state"] = "failed"
        with self.world.state.atomic():
            self.world.state.put("delivery", doc)
            event = self.world.state.get("event", doc["ref"]) if doc["state"] == "sent" else None
            if event is not None:
                self.world.state.put("event", event | {"pending_webhooks": 0})
            if doc["state"] == "due":
                self.world.scheduler.at("deliver", {"id": doc["id"]}, delay=waits[tried - 1])

    async def attempted(self, ids: list[str]) -> None:
        """Return once each of these deliveries was attempted, or cannot be."""
        self.world.scheduler.run_due()
        docs = [self.world.state.get("delivery", one) for one in ids]
        while any(doc and doc["state"] == "due" and not doc["attempts"] for doc in docs):
            await asyncio.sleep(0.01)
            docs = [self.world.state.get("delivery", one) for one in ids]

    async def post(self, doc: Json) -> tuple[int | None, str]:
        """Call the receiver once and return its status, or None and the reason why there is none."""
        headers = {"Content-Type": "application/json; charset=utf-8", **self.headers(doc)}
        try:
            answer = await self.client.post(doc["url"], content=doc["body"].encode(), headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            return None, f"{type(failure).__name__}: {failure}"
        return answer.status_code, "" if answer.is_success else answer.text[:500]

    def headers(self, doc: Json) -> dict[str, str]:
        """Sign a Stripe webhook at the moment it leaves, by the real clock: the receiver checks its age by its own."""
        if doc["provider"] != "stripe":
            return {
                "X-Forwarded-For": str(self.world.tuned("source_address")),
                "User-Agent": "Apache-HttpClient/4.5.13",
            }
        signed = stripe.WebhookSignature.generate_signature_header(
            doc["body"], str(self.world.tuned("webhook_secret")), int(time.time())
        )
        return {"Stripe-Signature": signed, "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)"}

    async def close(self) -> None:
        """Close the connections."""
        await self.client.aclose()
