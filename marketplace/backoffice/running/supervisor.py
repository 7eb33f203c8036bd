"""Run several programs as one: start them, restart what falls over, stop all of them on Ctrl-C or SIGTERM."""

import http.client
import signal
import subprocess
import time
from dataclasses import dataclass
from types import FrameType

from marketplace.backoffice.running.processes import ROOT, Program

GRACE_SECONDS = 8.0
RESTARTS = 5
"""A program that falls over more often than this takes the whole run down, loudly."""


@dataclass(frozen=True)
class Greeting:
    """Said once the site on this port answers, so that the first click works."""

    port: int
    words: str
    began: float
    """When setting up began, in seconds since the epoch."""

    def fits(self) -> bool:
        """Does the site answer?"""
        site = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            site.request("GET", "/healthz/live", headers={"Host": f"localhost:{self.port}"})
            return site.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            site.close()

    def say(self) -> None:
        print(f"Ready in {time.time() - self.began:.0f} s.\n\n{self.words}", flush=True)


class Supervisor:
    """Owns its children: ends them by their own process ids, nobody else's."""

    def __init__(self, programs: list[Program], greeting: Greeting | None = None) -> None:
        self.programs, self.greeting = programs, greeting
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.restarts = dict.fromkeys((p.name for p in programs), 0)
        self.stopping = False

    def start(self, program: Program) -> None:
        """Start one program in a group of its own, so that Ctrl-C reaches it through us only."""
        self.children[program.name] = subprocess.Popen(
            program.command, cwd=ROOT, env=program.full_environment(), start_new_session=True
        )

    def run(self) -> int:
        """Until told to stop, or until a program keeps falling over. Returns the exit status."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        for program in self.programs:
            self.start(program)
        status = 0
        while not self.stopping and status == 0:
            time.sleep(0.5)
            status = self._mend()
            if self.greeting and self.greeting.fits():
                self.greeting.say()
                self.greeting = None
        self.end()
        return status

    def _mend(self) -> int:
        for program in self.programs:
            code = self.children[program.name].poll()
            if code is None or self.stopping:
                continue
            self.restarts[program.name] += 1
            if self.restarts[program.name] > RESTARTS:
                print(f"{program.name} keeps falling over (exit status {code}); stopping", flush=True)
                return 1
            print(f"{program.name} ended with status {code}; starting it again", flush=True)
            self.start(program)
        return 0

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def end(self) -> None:
        """Ask every child to finish; insist after the grace period."""
        for child in self.children.values():
            child.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for child in self.children.values():
            try:
                child.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
