"""Run the whole suite: `make test`. Everything after `--` or in ARGS goes to pytest, once per engine.

Three passes: SQLite (the embedded default), PostgreSQL (with the races), and the whole site in a browser. What cannot
run on this machine is said plainly at the end.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests import services  # noqa: E402

WHOLE_SITE = ["tests/journeys", "tests/faults", "tests/races"]


def main(arguments: list[str]) -> int:
    """Returns the exit status: 0 only when every pass that ran was green."""
    if arguments:
        return run("your choice, on SQLite", arguments, {})
    missing: list[str] = []
    results: list[tuple[str, int, float]] = []
    with services.postgres() as database, services.redis() as broker:
        chromium = services.chromium()
        common = {"CHROMIUM": chromium or "", "TEST_REDIS_URL": broker or "", "TEST_DATABASE_URL": database or ""}
        print(
            f"PostgreSQL: {database or 'none'}\nRedis: {broker or 'none'}\nChromium: {chromium or 'none'}", flush=True
        )
        rooms = ["tests", *(f"--ignore={folder}" for folder in WHOLE_SITE), "-n", "2", "--dist", "loadfile"]
        results.append(timed("rooms on SQLite", rooms, {**common, "DATABASE_URL": ""}))
        if database:
            not_again = ["--ignore=tests/architecture", "--ignore=tests/simulator"]
            results.append(timed("rooms on PostgreSQL", [*rooms, *not_again], {**common, "DATABASE_URL": database}))
            results.append(
                timed(
                    "races and faults on PostgreSQL",
                    ["tests/races", "tests/faults"],
                    {**common, "DATABASE_URL": database},
                )
            )
        else:
            missing.append("no PostgreSQL: the races and the second engine did not run (set TEST_DATABASE_URL)")
            results.append(timed("faults on SQLite", ["tests/faults"], {**common, "DATABASE_URL": ""}))
        if chromium:
            results.append(timed("journeys in Chromium", ["tests/journeys"], {**common, "DATABASE_URL": ""}))
        else:
            missing.append("no Chromium: the browser journeys did not run (install chromium, or set CHROMIUM)")
        if not shutil.which("redis-server"):
            missing.append("no redis-server: the faults about an absent Redis did not run (install it)")
    return report(results, missing)


def timed(name: str, arguments: list[str], environment: dict[str, str]) -> tuple[str, int, float]:
    """Run one pass; its name, exit status and seconds."""
    started = time.monotonic()
    status = run(name, arguments, environment)
    return name, status, time.monotonic() - started


def run(name: str, arguments: list[str], environment: dict[str, str]) -> int:
    """One pytest process with its own scratch folder."""
    print(f"\n=== {name} ===", flush=True)
    with tempfile.TemporaryDirectory(prefix="sokoni-test-") as scratch:
        env = {**os.environ, **environment, "SOKONI_TEST_VAR": scratch, "DJANGO_ALLOW_ASYNC_UNSAFE": "true"}
        return subprocess.call([sys.executable, "-m", "pytest", "-q", *arguments], cwd=ROOT, env=env)


def report(results: list[tuple[str, int, float]], missing: list[str]) -> int:
    """Say what ran, how long, and what did not."""
    print("\n=== summary ===")
    for name, status, seconds in results:
        print(f"{'ok    ' if status == 0 else 'FAILED'} {name} ({seconds:.0f} s)")
    for line in missing:
        print(f"NOT RUN: {line}")
    return int(any(status for _, status, _ in results))


if __name__ == "__main__":
    sys.exit(main([argument for argument in sys.argv[1:] if argument != "--"]))
