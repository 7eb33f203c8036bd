"""Run the whole suite: `make test`. Everything after `--` or in ARGS goes to pytest, once per engine.

Six passes: SQLite (the embedded default), PostgreSQL, races, faults beside the whole site in a browser, and a short
storm (see tests/chaos). What cannot run on this machine is said plainly at the end.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NO_SERVER = 2
"""How `tests.chaos` ends when there is nothing to start a database server with."""
sys.path.insert(0, str(ROOT))

from tests import services  # noqa: E402

WHOLE_SITE = ["tests/journeys", "tests/faults", "tests/races", "tests/chaos"]
ONCE = ["tests/architecture", "tests/simulator", "tests/access"]
"""Not about the database: they run on the first engine only. Contracts run on the engine of production."""
BY_FILE = ["--dist", "loadfile", "--no-loadscope-reorder"]
"""In the order of `conftest`: by itself xdist would leave files with few tests, the long ones, to the end."""
STORM = ["--seconds", "15", "--seed", "7"]
Environment = dict[str, str]
Result = tuple[str, int, float]
"""The name of a pass, its exit status, and seconds."""


def main(arguments: list[str]) -> int:
    """Returns the exit status: 0 only when every pass that ran was green."""
    if arguments:
        return run("your choice, on SQLite", arguments, {})
    with services.postgres() as database, services.redis() as broker:
        chromium = services.chromium()
        common = {"CHROMIUM": chromium or "", "TEST_REDIS_URL": broker or "", "TEST_DATABASE_URL": database or ""}
        print(
            f"PostgreSQL: {database or 'none'}\nRedis: {broker or 'none'}\nChromium: {chromium or 'none'}", flush=True
        )
        with template({**common, "DATABASE_URL": ""}) as sqlite:
            results, missing = everything(sqlite, database, common)
    return report(results, missing)


def everything(sqlite: Environment, database: str | None, common: Environment) -> tuple[list[Result], list[str]]:
    """All passes that this machine can run; and in words what it cannot."""
    rooms = ["tests", *(f"--ignore={folder}" for folder in WHOLE_SITE), "-n", "2", *BY_FILE]
    later = ["--ignore=tests/contracts"] if database else []
    results, missing = [timed("rooms on SQLite", [*rooms, *later], sqlite)], []
    with template({**common, "DATABASE_URL": database}) if database else contextlib.nullcontext(sqlite) as engine:
        if database:
            not_again = [f"--ignore={folder}" for folder in ONCE]
            # A third worker: contracts wait for the simulator half of the time.
            results.append(timed("rooms on PostgreSQL", [*rooms, *not_again, "-n", "3"], engine))
            results.append(timed("races on PostgreSQL", ["tests/races"], engine))
        else:
            missing.append("no PostgreSQL: the races and the second engine did not run (set TEST_DATABASE_URL)")
        waiting = [("faults", ["tests/faults", "-n", "2", *BY_FILE], engine)]
        if common["CHROMIUM"]:
            waiting.append(("journeys in Chromium", ["tests/journeys"], sqlite))
        else:
            missing.append("no Chromium: the browser journeys did not run (install chromium, or set CHROMIUM)")
        results += together(waiting)
    status, seconds = storm()
    if status == NO_SERVER:
        missing.append("no PostgreSQL server program: the short storm did not run (install postgresql)")
    else:
        results.append(("a short storm", status, seconds))
    if not shutil.which("redis-server"):
        missing.append("no redis-server: the faults about an absent Redis did not run (install it)")
    return results, missing


@contextlib.contextmanager
def template(environment: Environment) -> Iterator[Environment]:
    """Migrate one database for all passes on an engine to copy; yields the environment that says so."""
    with tempfile.TemporaryDirectory(prefix="sokoni-template-") as folder:
        url = environment["DATABASE_URL"]
        name = f"sokoni_template_{os.getpid()}" if url else f"{folder}/template.sqlite3"
        env = {**os.environ, **environment, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
        subprocess.run([sys.executable, "-m", "tests.databases", name], cwd=ROOT, env=env, check=True)
        try:
            yield {**environment, "TEST_TEMPLATE": name}
        finally:
            if url:
                services.drop_database(url, name)


def together(passes: list[tuple[str, list[str], Environment]]) -> list[Result]:
    """Passes that mostly wait, beside each other; each prints when it is over."""
    with ThreadPoolExecutor(len(passes)) as pool:
        return list(pool.map(lambda one: timed(*one, aside=len(passes) > 1), passes))


def storm() -> tuple[int, float]:
    """The running site under load while its parts are killed; exit status and seconds."""
    print("\n=== a short storm ===", flush=True)
    started = time.monotonic()
    status = subprocess.call([sys.executable, "-m", "tests.chaos", *STORM], cwd=ROOT)
    return status, time.monotonic() - started


def timed(name: str, arguments: list[str], environment: Environment, *, aside: bool = False) -> Result:
    """Run one pass. `aside`: keep what it prints until it is over."""
    started = time.monotonic()
    status = run(name, arguments, environment, aside=aside)
    return name, status, time.monotonic() - started


def run(name: str, arguments: list[str], environment: Environment, *, aside: bool = False) -> int:
    """One pytest process with its own scratch folder."""
    if not aside:
        print(f"\n=== {name} ===", flush=True)
    with tempfile.TemporaryDirectory(prefix="sokoni-test-") as scratch:
        env = {**os.environ, **environment, "SOKONI_TEST_VAR": scratch, "DJANGO_ALLOW_ASYNC_UNSAFE": "true"}
        command = [sys.executable, "-m", "pytest", "-q", *arguments]
        if not aside:
            return subprocess.call(command, cwd=ROOT, env=env)
        with Path(scratch, "output").open("w+") as output:
            status = subprocess.call(command, cwd=ROOT, env=env, stdout=output, stderr=output)
            output.seek(0)
            print(f"\n=== {name} ===\n{output.read()}", flush=True)
        return status


def report(results: list[Result], missing: list[str]) -> int:
    """Say what ran, how long, and what did not."""
    print("\n=== summary ===")
    for name, status, seconds in results:
        print(f"{'ok    ' if status == 0 else 'FAILED'} {name} ({seconds:.0f} s)")
    for line in missing:
        print(f"NOT RUN: {line}")
    return int(any(status for _, status, _ in results))


if __name__ == "__main__":
    sys.exit(main([argument for argument in sys.argv[1:] if argument != "--"]))
