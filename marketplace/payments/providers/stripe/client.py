"""The SDK, set up for web workers: short timeouts, two retries under one idempotency key, no telemetry."""

from collections.abc import Callable
from functools import cache
from typing import TypeVar

import stripe

from marketplace.payments import conf
from marketplace.payments.measure import measured
from marketplace.payments.providers.base import Refused, Silent, Unavailable, outside_transaction

Found = TypeVar("Found")

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


def calling(operation: str, call: Callable[[], Found]) -> Found:
    """Ask Stripe, measured, and translate the SDK's errors into the three that matter: refused, turned away, no idea.

    Raises `Refused`, `Unavailable` or `Silent`.
    """
    outside_transaction()
    with measured("stripe", operation):
        try:
            return call()
        except stripe.APIConnectionError as error:
            if never_connected(error):
                raise Unavailable("provider_unavailable", str(error)[:300], told(error)) from error
            raise Silent(str(error)[:500], told(error)) from error
        except (stripe.RateLimitError, stripe.AuthenticationError, stripe.PermissionError) as error:
            raise Unavailable("provider_unavailable", str(error)[:300], told(error)) from error
        except stripe.StripeError as error:
            raise _no(error) from error


def _no(error: stripe.StripeError) -> Refused | Silent:
    if error.http_status is not None and 400 <= error.http_status < 500 and error.http_status != 409:
        return Refused(str(error.code or "refused"), str(error.user_message or error)[:300], told(error))
    return Silent(f"HTTP {error.http_status}", told(error))


def never_connected(error: stripe.APIConnectionError) -> bool:
    """Did the request certainly not arrive?"""
    return any(name in str(error) for name in NEVER_CONNECTED)


def told(error: stripe.StripeError) -> dict[str, object]:
    """A refusal, complete, for the story."""
    return {"http": error.http_status, "answer": error.json_body or str(error)[:2000], "request": error.request_id}
