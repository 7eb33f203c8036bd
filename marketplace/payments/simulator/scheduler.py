"""Jobs that fall due at a simulator time: outcomes, expiries, deliveries. They live in the state file."""

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable

from .clock import Clock
from .state import Json, State

log = logging.getLogger(__name__)
FLYING = 1e15  # the due time of a job whose call is under way
LONGEST_SLEEP = 30.0  # seconds of real time; a new job or a moved clock wakes the loop sooner


class Scheduler:
    """Runs each job once it is due. A `does` job and its removal are one transaction; a `sends` job may repeat."""

    def __init__(self, state: State, clock: Clock) -> None:
        self.state, self.clock = state, clock
        self.does: dict[str, Callable[[Json], None]] = {}
        self.sends: dict[str, Callable[[Json], Awaitable[None]]] = {}
        self.flying: dict[int, asyncio.Task[None]] = {}
        self.awake = asyncio.Event()

    def at(self, kind: str, body: Json, *, delay: float = 0.0) -> int:
        """Plan a job `delay` simulated seconds from now and return its number."""
        due = self.clock.now() + delay
        cursor = self.state.db.execute(
            "INSERT INTO jobs (due, kind, body) VALUES (?, ?, ?)", (due, kind, json.dumps(body))
        )
        self.awake.set()
        return int(cursor.lastrowid or 0)

    def due(self) -> list[tuple[int, str, Json]]:
        """Return the jobs whose time has come, oldest first."""
        rows = self.state.db.execute(
            "SELECT seq, kind, body FROM jobs WHERE due <= ? ORDER BY due, seq", (self.clock.now(),)
        ).fetchall()
        return [(seq, kind, json.loads(body)) for seq, kind, body in rows]

    def next_due(self) -> float:
        """Return the real seconds until the next job, at most LONGEST_SLEEP."""
        row = self.state.db.execute("SELECT min(due) FROM jobs").fetchone()
        wait = LONGEST_SLEEP if row[0] is None else float(row[0]) - self.clock.now()
        return max(0.0, min(wait, LONGEST_SLEEP))

    def run_due(self) -> None:
        """Run what is due now, until nothing is; outgoing calls are only started."""
        while jobs := self.due():
            for seq, kind, body in jobs:
                if kind in self.sends:
                    self.state.db.execute("UPDATE jobs SET due = ? WHERE seq = ?", (FLYING, seq))
                    self.flying[seq] = asyncio.create_task(self.fly(seq, kind, body))
                else:
                    self.do(seq, kind, body)

    def do(self, seq: int, kind: str, body: Json) -> None:
        """Run one job and remove it, both or neither; a job that fails is dropped and logged, never repeated."""
        try:
            with self.state.atomic():
                self.remove(seq)
                self.does[kind](body)
        except Exception:
            log.exception("job %s failed: %s", kind, body)
            self.remove(seq)

    async def fly(self, seq: int, kind: str, body: Json) -> None:
        """Make one outgoing call; only then is its job removed, so a kill in between repeats the call."""
        try:
            await self.sends[kind](body)
        except Exception:
            log.exception("job %s failed: %s", kind, body)
        finally:
            self.flying.pop(seq, None)
        self.remove(seq)

    async def land(self, *, within: float = 1.0) -> None:
        """Let outgoing calls end, and cancel those that do not in time (real seconds)."""
        tasks = list(self.flying.values())
        if tasks:
            _, hanging = await asyncio.wait(tasks, timeout=within)
            for task in hanging:
                task.cancel()

    def remove(self, seq: int) -> None:
        """Take a job off the list."""
        self.state.db.execute("DELETE FROM jobs WHERE seq = ?", (seq,))

    async def run(self) -> None:
        """Keep running jobs until cancelled. Calls that a kill has interrupted are made again."""
        self.state.db.execute("UPDATE jobs SET due = 0 WHERE due = ?", (FLYING,))
        while True:
            self.awake.clear()
            self.run_due()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.awake.wait(), timeout=self.next_due())
