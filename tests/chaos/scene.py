"""The site as it runs in production, every part of it a process that may be killed: seven of them."""

import dataclasses
import subprocess
import sys

import psycopg

from marketplace.backoffice.running.processes import ROOT, Program
from tests.chaos.scene_names import DATABASE
from tests.postgres import PostgresServer
from tests.services import RedisServer
from tests.stack import Stack

BEAT = {
    "core.drain_outbox": 1.0,
    "payments.process_inbox": 1.0,
    "payments.reconcile": 1.0,
    "payments.sweep_messages": 6.0,
    "notifications.send_waiting": 2.0,
    "commerce.release_expired": 3.0,
}
SETTINGS = {
    "OUTBOX_LEASE_SECONDS": 8,
    "PROVIDER_ANSWER_SECONDS": 3,
    "VISITOR_MAX_UNITS": 100_000,
    "WORKER_SILENCE_SECONDS": 12,
    "PAYOUT_COOL_OFF_HOURS": 0,
}
MORTAL = ("web", "worker", "beat", "simulator", "redis", "postgres")


class Scene(Stack):
    """A stack whose database server and broker are its own, and whose beat is a process of its own."""

    def __init__(self, postgres: PostgresServer, redis: RedisServer) -> None:
        super().__init__(postgres.url(DATABASE), redis_url=redis.url, beat=BEAT, settings=SETTINGS, threads=6)
        self.postgres, self.redis = postgres, redis
        worker = self.programs["worker"]
        command = [part for part in worker.command if part != "-B"]
        schedule = command.index("--schedule")
        del command[schedule : schedule + 2]
        self.programs["worker"] = dataclasses.replace(worker, command=command)
        beat = [sys.executable, "-m", "celery", "-q", "-A", "config", "beat", "--loglevel", "warning", "--pidfile", ""]
        self.programs["beat"] = Program("beat", [*beat, "--schedule", str(self.var / "beat")], self.environment)
        self.dead: set[str] = set()

    def fell(self, name: str) -> None:
        """SIGKILL one part."""
        self.dead.add(name)
        if name == "postgres":
            self.postgres.kill()
        elif name == "redis":
            self.redis.stop()
        else:
            self.kill(name)

    def raise_again(self, name: str) -> None:
        """Start a part that was killed."""
        if name == "postgres":
            self.postgres.start()
        elif name == "redis":
            self.redis.start()
        else:
            self.start(name)
        self.dead.discard(name)

    def register_paybill(self) -> None:
        """Tell M-Pesa where to tell about money paid by hand, as an operator does once."""
        command = [sys.executable, "manage.py", "register_paybill", "--pull", "254700000001"]
        environment = self.programs["worker"].full_environment()
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)

    def keep_running(self) -> list[str]:
        """What ended by itself is started anew, as every init system does; returns which."""
        fallen = [n for n, process in self.running.items() if n not in self.dead and process.poll() is not None]
        for name in fallen:
            self.start(name)
        return fallen

    def heal(self) -> None:
        """Everything runs again, and no fault is left ordered."""
        for name in ("postgres", "redis", "simulator", "web", "worker", "beat"):
            if name in self.dead:
                self.raise_again(name)
        self.control("mend")
        self.control("deliveries", action="reset")
        self.control("deliveries", action="release")


def create_database(postgres: PostgresServer) -> str:
    """An empty database on a server that runs; returns its address."""
    with psycopg.connect(postgres.url(), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{DATABASE}"')
    return postgres.url(DATABASE)
