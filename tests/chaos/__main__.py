"""`make chaos`: the real site under load while its parts die and its callbacks get lost; then everything must add up.

    python -m tests.chaos --seconds 90 --seed 1            one storm
    python -m tests.chaos --seconds 20 --seed 1 --times 20  twenty seeds in a row

Bounded: about `--seconds` of storm, and as long again at most until everything has come to rest. Exit status 1 when a
claim does not hold; the seed is printed, and throws the same dice again (the machine's own timing stays its own).
"""

import argparse
import os
import sys
import time
from collections import Counter

from tests.postgres import NoPostgres, PostgresServer
from tests.services import RedisServer


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=75.0, help="how long the storm lasts")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000, help="of the dice")
    parser.add_argument("--times", type=int, default=1, help="so many seeds in a row")
    parser.add_argument("--buyers", type=int, default=8, help="at once")
    given = parser.parse_args()
    try:
        postgres = PostgresServer()
    except NoPostgres as error:
        print(f"NOT RUN: {error}")
        return 2
    redis = RedisServer()
    try:
        postgres.start()
        return max(_one(postgres, redis, given, seed) for seed in range(given.seed, given.seed + given.times))
    finally:
        postgres.stop()
        redis.stop()


def _one(postgres: PostgresServer, redis: RedisServer, given: argparse.Namespace, seed: int) -> int:
    """One storm over a fresh database."""
    from tests.chaos.play import play

    lines, counts, seconds = play(postgres, redis, seed=seed, seconds=given.seconds, buyers=given.buyers)
    _print(seed, lines, counts, seconds)
    return 0 if all(line.holds for line in lines) else 1


def _print(seed: int, lines: list, counts: dict[str, Counter[str]], seconds: float) -> None:  # type: ignore[type-arg]
    print(f"\n=== chaos, seed {seed}: {seconds:.0f} s ===")
    for title, counted in counts.items():
        print(f"{title}: " + ", ".join(f"{name} {n}" for name, n in sorted(counted.items())))
    for line in lines:
        both = f"{line.ours}" + (f" = {line.theirs}" if line.theirs != "" else "")
        print(f"{'ok    ' if line.holds else 'WRONG '} {line.claim:48} {both}")
        for wrong in line.wrong:
            print(f"         {wrong}")
    sys.stdout.flush()


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.stack"
    sys.exit(main())
