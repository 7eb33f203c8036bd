"""The real site on free ports: web server, worker with beat, payment simulator. For journeys, races and faults."""

import contextlib
import dataclasses
import email
import email.policy
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

import httpx

from marketplace.backoffice.running import processes
from marketplace.backoffice.running.processes import ROOT, Program
from tests.services import free_ports

T = TypeVar("T")
PATIENCE = 180.0
"""Seconds to wait for what shall happen. It is no promise of speed: waiting costs time only where something fails."""
BETWEEN_MAILS = b"-" * 79
"""How Django's file backend ends each mail."""


class Stack:
    """Start with `start()`, always `stop()`. Every program can be killed and started again by name.

    `beat` shortens periods (task name -> seconds), `settings` overrides settings of the site (JSON values).
    The site believes one proxy, so that visitors may come from many addresses: see `Buyer`. `host` is what visitors
    call it: security keys know names only, so they need `localhost`.
    """

    def __init__(
        self,
        database_url: str,
        *,
        redis_url: str = "",
        threads: int = 4,
        beat: Mapping[str, float] | None = None,
        settings: Mapping[str, Any] | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.var = Path(tempfile.mkdtemp(prefix="sokoni-stack-"))
        self.port, self.simulator_port = free_ports(2)
        self.base_url = f"http://{host}:{self.port}"
        self.simulator_url = f"http://127.0.0.1:{self.simulator_port}"
        self.environment = {
            "DJANGO_SETTINGS_MODULE": "config.settings.stack",
            "STACK_BEAT": json.dumps(dict(beat or {})),
            "STACK_SETTINGS": json.dumps(dict(settings or {})),
            "SOKONI_VAR": str(self.var),
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "EMAIL_URL": "",
            "SITE_URL": self.base_url,
            "TRUSTED_PROXIES": "1",
            "STRIPE_API_BASE": f"{self.simulator_url}/stripe",
            "MPESA_BASE_URL": f"{self.simulator_url}/daraja",
            "LOG_LEVEL": "INFO",
        }
        simulator = processes.simulator(
            port=self.simulator_port, site_port=self.port, state=str(self.var / "simulator.sqlite3")
        )
        self.programs: dict[str, Program] = {
            "simulator": dataclasses.replace(simulator, environment={"SIMULATOR_TEST_CONTROL": "1"}),
            "web": processes.web(port=self.port, environment=self.environment, threads=threads),
            "worker": processes.worker(environment=self.environment, beat_file=str(self.var / "beat")),
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *names: str) -> "Stack":
        """Start the named programs (default: all) and wait until the servers answer."""
        for name in names or tuple(self.programs):
            program = self.programs[name]
            with (self.var / f"{name}.log").open("ab") as log:
                self.running[name] = subprocess.Popen(
                    program.command,
                    cwd=ROOT,
                    env=program.full_environment(),
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        for name, url in (("simulator", f"{self.simulator_url}/"), ("web", f"{self.base_url}/healthz/live")):
            if name in (names or self.programs):
                self._wait(name, url)
        return self

    def kill(self, name: str) -> None:
        """SIGKILL one program and everything it started."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """End everything; keep nothing."""
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=8)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.running.clear()
        shutil.rmtree(self.var, ignore_errors=True)

    def control(self, order: str, **body: Any) -> dict[str, Any]:
        """Order something of the simulator: `control("fault", kind="503")`. RuntimeError when it refuses."""
        answer = httpx.post(f"{self.simulator_url}/_sim/{order}", json=body, timeout=180, trust_env=False)
        if answer.is_error:
            raise RuntimeError(f"{order}: {answer.text}")
        return dict(answer.json())

    def look(self, what: str, **equals: Any) -> Any:
        """What the simulator knows: requests, deliveries, prompts (as lists), ledger, clock, settings."""
        url = f"{self.simulator_url}/_sim/{what}"
        found = httpx.get(url, params=equals, timeout=180, trust_env=False).raise_for_status().json()
        return found.get(what, found)

    def mails(self, to: str) -> list[EmailMessage]:
        """Every mail the site has sent to an address, in no order."""
        sent = [part for file in (self.var / "mail").glob("*.log") for part in file.read_bytes().split(BETWEEN_MAILS)]
        found = [email.message_from_bytes(part.strip(), policy=email.policy.default) for part in sent if part.strip()]
        return [mail for mail in found if str(mail["To"]) == to]

    def log(self, name: str) -> str:
        """What a program has printed so far."""
        file = self.var / f"{name}.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def last_words(self) -> str:
        """For each program whether it runs and what it printed last: what one looks at first when a test fails."""
        ended = {name: process.poll() for name, process in self.running.items()}
        states = {name: "runs" if code is None else f"ended with status {code}" for name, code in ended.items()}
        return "\n".join(f"--- {name} {states.get(name, 'killed')}\n{self.log(name)[-2500:]}" for name in self.programs)

    def until(self, question: Callable[[], T], *, within: float = PATIENCE, what: str = "") -> T:
        """Ask until the answer is truthy and return it; AssertionError with the programs' last words if it never is."""
        deadline = time.monotonic() + within
        while not (found := question()):
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {within} s: {what or question}\n{self.last_words()}")
            time.sleep(0.1)
        return found

    def _wait(self, name: str, url: str) -> None:
        deadline = time.monotonic() + 2 * PATIENCE
        while time.monotonic() < deadline:
            if self.running[name].poll() is not None:
                break
            try:
                if httpx.get(url, timeout=2, trust_env=False).status_code < 500:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        raise RuntimeError(f"{name} did not start:\n{self.log(name)[-4000:]}")
