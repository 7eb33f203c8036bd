"""Run the payment simulator as a program of its own, for every suite that needs a provider to talk to.

with SimulatorProcess().start(webhook_url="http://127.0.0.1:8000/hooks/stripe/") as simulator:
    client = stripe.StripeClient("sk_test_x", base_addresses={"api": simulator.stripe_base})
    simulator.control("next", outcome="1032", delay=0)
"""

import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

ROOT = Path(__file__).resolve().parent.parent
CONSUMER_KEY = "simulator-consumer-key"
CONSUMER_SECRET = "simulator-consumer-secret"
SHORTCODE = "174379"
PASSKEY = "simulator-passkey"
WEBHOOK_SECRET = "whsec_simulator"
STRIPE_KEY = "sk_test_simulator"
START_WITHIN = 300.0  # seconds, generous for a busy machine

T = TypeVar("T")


class SimulatorProcess:
    """A simulator on a free port. `stop()` then `start()` keeps what it believes, in the same state file."""

    def __init__(self, state: Path | None = None) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="simulator-") if state is None else None
        self.state = state or Path(self.folder.name if self.folder else "") / "state.sqlite3"
        self.process: subprocess.Popen[str] | None = None
        self.base_url = ""
        self.http = httpx.Client(timeout=180, trust_env=False)

    def start(
        self,
        webhook_url: str | None = None,
        *,
        webhook_secret: str = WEBHOOK_SECRET,
        port: int = 0,
        test_control: bool = True,
        **options: str,
    ) -> Self:
        """Start and wait for `ready`; further options become --option value. RuntimeError if it does not come up."""
        command = [sys.executable, "-m", "marketplace.payments.simulator", "--port", str(port)]
        command += ["--state", str(self.state), "--webhook-secret", webhook_secret]
        command += ["--test-control"] if test_control else []
        command += ["--webhook-url", webhook_url] if webhook_url else []
        for name, value in options.items():
            command += [f"--{name.replace('_', '-')}", value]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("SIMULATOR_")}
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        line = self._first_line()
        if not line.startswith("ready "):
            self.process.kill()
            raise RuntimeError(f"the simulator did not start: {line}{self.process.communicate()[1]}")
        self.base_url = line.removeprefix("ready ").strip()
        return self

    def _first_line(self) -> str:
        assert self.process is not None
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], START_WITHIN)
        return self.process.stdout.readline() if ready else "no answer in time"

    @property
    def port(self) -> int:
        """Return the port it listens on."""
        return int(self.base_url.rpartition(":")[2])

    @property
    def stripe_base(self) -> str:
        """Return StripeClient's base_addresses["api"]."""
        return f"{self.base_url}/stripe"

    @property
    def daraja_base(self) -> str:
        """Return MPESA_BASE_URL."""
        return f"{self.base_url}/daraja"

    def control(self, path: str, /, **json: Any) -> Any:
        """POST an order such as control("fault", kind="500"); AssertionError when it is refused."""
        answer = self.http.post(f"{self.base_url}/_sim/{path}", json=json)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def look(self, what: str, /, **equals: Any) -> Any:
        """GET ledger, requests, deliveries, prompts, clock or settings; the lists come bare."""
        found = self.http.get(f"{self.base_url}/_sim/{what}", params=equals).raise_for_status().json()
        return found.get(what, found)

    def advance(self, seconds: float) -> None:
        """Move the simulator's clock forward."""
        self.control("clock", advance=seconds)

    def reset(self) -> None:
        """Forget everything, between tests."""
        self.control("reset")

    def until(self, question: Callable[[], T], within: float = 180.0) -> T:
        """Ask until the answer is truthy and return it; AssertionError when it never is."""
        deadline = time.monotonic() + within
        while True:
            found = question()
            if found:
                return found
            assert time.monotonic() < deadline, (
                f"not within {within} s; last deliveries: {self.look('deliveries')[-3:]}"
            )
            time.sleep(0.03)

    def kill(self) -> None:
        """End it without warning, as SIGKILL does, and keep the state file."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None

    def stop(self) -> None:
        """End it, or kill it when it hangs; safe to call twice."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
        self.process = None

    def close(self) -> None:
        """Stop for good and remove its temporary folder."""
        self.stop()
        self.http.close()
        if self.folder is not None:
            self.folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
