"""The SDK, set up for web workers: short timeouts, two retries under one idempotency key, no telemetry."""

from functools import cache

import stripe

from marketplace.payments import conf

stripe.enable_telemetry = False

NEVER_CONNECTED = ("NewConnectionError", "NameResolutionError", "ConnectTimeout")
"""How the SDK's HTTP library names a request that never left."""


def client() -> stripe.StripeClient:
    keys = conf.stripe()
    return _client(keys.secret_key, keys.api_base, conf.answer_seconds())


@cache
def _client(secret_key: str, api_base: str, seconds: float) -> stripe.StripeClient:
    """`seconds` to read an answer; the SDK's own 80 would hold a worker too long."""
    return stripe.StripeClient(
        secret_key,
        base_addresses={"api": api_base},
        http_client=stripe.RequestsClient(timeout=(min(seconds, 5.0), seconds)),
        max_network_retries=2,
    )


def never_connected(error: stripe.APIConnectionError) -> bool:
    """Did the request certainly not arrive?"""
    return any(name in str(error) for name in NEVER_CONNECTED)


def told(error: stripe.StripeError) -> dict[str, object]:
    """A refusal, complete, for the story."""
    return {"http": error.http_status, "answer": error.json_body or str(error)[:2000], "request": error.request_id}
