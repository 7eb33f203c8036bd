"""The simulator's own time: real time plus what a test has added."""

import time
from datetime import UTC, datetime, timedelta, timezone

from .state import State

NAIROBI = timezone(timedelta(hours=3), "EAT")  # Kenya keeps no summer time, so a fixed offset is exact


class Clock:
    """Tells the time in unix seconds. It can be moved forward, never back, and a restart keeps the shift."""

    def __init__(self, state: State) -> None:
        self.state = state

    def now(self) -> float:
        """Return the simulated unix time."""
        return time.time() + float(self.state.knob("clock_offset", 0.0))

    def advance(self, seconds: float) -> float:
        """Move the clock forward and return the new time."""
        self.state.turn("clock_offset", float(self.state.knob("clock_offset", 0.0)) + seconds)
        return self.now()


def nairobi(at: float) -> datetime:
    """Return a unix time as a date and time in Kenya, the only zone Daraja speaks."""
    return datetime.fromtimestamp(at, UTC).astimezone(NAIROBI)
