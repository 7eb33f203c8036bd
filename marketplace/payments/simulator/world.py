"""One simulator: its settings, state, clock, jobs and courier, handed to every part."""

from collections import deque
from typing import Any

from starlette.requests import HTTPConnection

from .clock import Clock
from .deliveries import Courier
from .scheduler import Scheduler
from .settings import Settings
from .state import State

# What POST /_sim/settings can change, with the defaults. Seconds are simulator seconds.
TUNABLE: dict[str, Any] = {
    "query_pending": "500.001.1001",  # or "4999", the newer platform's way to say the same
    "spike_per_second": 20,  # STK queries per real second before 500.003.02; the real number is not published
    "outcome_delay": 1.0,  # from an accepted push to an automatic outcome
    "prompt_seconds": 60,  # a prompt nobody answers ends as 1037
    "result_delay": 1.0,  # from an accepted B2C payment, reversal or question to its result
    "float_start_minor": 5_000_000_000,  # what a shortcode other than the paybill begins with, in cents
    "paybill_start_minor": 0,  # what the paybill begins with, in cents
    "b2c_fees": [[100, 0], [1500, 500], [5000, 900], [20000, 1100], [250000, 1300]],  # up to shillings: cents
    "same_payment_seconds": 120,  # same amount and phone within this ends as 17
    "late_seconds": 90,  # from the timeout the query reports to the success that comes after all
    "daraja_retries": [],  # waits between attempts; empty: one attempt, as the portal promises
    "source_address": "196.201.214.200",  # X-Forwarded-For of Daraja callbacks
    "stripe_retries": [2, 10, 60],  # waits between attempts; the real ones are hours
    "settle_seconds": 1.0,  # from a charge to its balance transaction (automatic_async capture)
    "dispute_seconds": 2.0,  # from a charge on a ...0259 card to its dispute
    "refund_seconds": 2.0,  # until a slow refund succeeds or fails
    "verdict_seconds": 2.0,  # from a test text as evidence to the bank's verdict
    "dispute_fee_returned": False,  # whether a dispute that is won brings its fee back
    "payout_seconds": 2.0,  # from a payout to its arrival at the bank
    "fee_basis_points": 290,  # Stripe's percentage fee, in hundredths of a percent
    "fee_fixed": 30,  # Stripe's fixed fee, in minor units of the charge's own currency
    "webhook_url": "",
    "webhook_secret": "",
}


class World:
    """Everything one running simulator consists of."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.state = State(settings.state)
        self.clock = Clock(self.state)
        self.scheduler = Scheduler(self.state, self.clock)
        self.courier = Courier(self)
        self.running: dict[str, str] = {}  # idempotency keys of requests under way
        self.recent_queries: deque[float] = deque()  # real times of STK queries, for the spike arrest
        self.started = {"webhook_url": settings.webhook_url, "webhook_secret": settings.webhook_secret}

    def tuned(self, name: str) -> Any:
        """Return a tunable: what a test set, else what the command line said, else the default."""
        return self.state.knob("tuned", {}).get(name, self.started.get(name, TUNABLE[name]))

    def tune(self, **values: Any) -> dict[str, Any]:
        """Change tunables and return all of them; an unknown name is a KeyError."""
        for name in values:
            TUNABLE[name]
        self.state.turn("tuned", self.state.knob("tuned", {}) | values)
        return {name: self.tuned(name) for name in TUNABLE}


def world_of(request: HTTPConnection) -> World:
    """Return the simulator that serves a request."""
    world: World = request.app.state.world
    return world
