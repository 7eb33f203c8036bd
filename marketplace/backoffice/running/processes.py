"""The programs that together are the site: what each is called with. Used by the one-command run and by the suite."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Program:
    """One child process: its command line and what its environment adds."""

    name: str
    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)

    def full_environment(self) -> dict[str, str]:
        """The parent's environment, the paths of a bare checkout, and the program's own additions."""
        paths = os.pathsep.join([str(ROOT), str(ROOT / "site"), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
        # Fewer malloc arenas: threads share what they free, which keeps a worker that prints PDFs a third smaller.
        return {**os.environ, "PYTHONPATH": paths, "PYTHONUNBUFFERED": "1", "MALLOC_ARENA_MAX": "2", **self.environment}


def web(*, port: int, environment: Mapping[str, str], host: str = "127.0.0.1", threads: int = 4) -> Program:
    """The web server: granian with a fixed number of threads, each of which may hold a database connection."""
    options = ["--interface", "wsgi", "--host", host, "--port", str(port), "--workers", "1"]
    options += [
        "--blocking-threads",
        str(threads),
        "--backlog",
        "1024",
        "--backpressure",
        "256",
        "--log-level",
        "warning",
    ]
    return Program("web", [sys.executable, "-m", "granian", *options, "config.wsgi:application"], environment)


def worker(*, environment: Mapping[str, str], threads: int = 4, beat_file: str | None = None) -> Program:
    """A Celery worker with beat inside: one is enough for a machine; production runs beat on its own."""
    command = [
        sys.executable,
        "-m",
        "celery",
        "-q",
        "-A",
        "config",
        "worker",
        "-B",
        "-P",
        "threads",
        "-c",
        str(threads),
    ]
    command += ["--loglevel", "warning", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    if beat_file:
        command += ["--schedule", beat_file]
    return Program("worker", command, environment)


def simulator(*, port: int, site_port: int, state: str | None = None, past: str | None = None) -> Program:
    """The payment simulator, a program of its own on loopback. `past`: a file with what happened before it began."""
    command = [sys.executable, "-m", "marketplace.payments.simulator", "--port", str(port)]
    command += ["--webhook-url", f"http://127.0.0.1:{site_port}/hooks/stripe/", "--webhook-secret", "whsec_simulator"]
    if state:
        command += ["--state", state]
    if past:
        command += ["--past", past]
    return Program("simulator", command)
