"""One storm from an empty database to the verdict."""

import os
import time
from collections import Counter
from typing import Any

from tests.postgres import PostgresServer
from tests.services import RedisServer

EVENTS = 6


def play(
    postgres: PostgresServer, redis: RedisServer, *, seed: int, seconds: float, buyers: int
) -> tuple[list[Any], dict[str, Counter[str]], float]:
    """Set the scene, let crowd and storm loose, wait for rest, judge. Returns claims, counts and seconds taken."""
    began, before = time.monotonic(), len(postgres.deadlocks())
    _connect(postgres)
    # Rooms can be imported only once Django knows its settings.
    from django.db import connection

    from tests.chaos.aftermath import settle
    from tests.chaos.crowd import Crowd
    from tests.chaos.scene import Scene
    from tests.chaos.staff import Staff
    from tests.chaos.storm import Storm
    from tests.chaos.verdict import Line, judge
    from tests.factories.shop import open_event

    redis.start()
    events = [open_event(capacity=60 if n % 2 else 4000) for n in range(EVENTS)]
    scene = Scene(postgres, redis)
    try:
        scene.start()
        crowd = Crowd(scene, events, size=buyers, seed=seed)
        storm = Storm(scene, seed=seed)
        staff = Staff(scene, seed=seed)
        staff.open_accounts()
        scene.register_paybill()
        for party in (crowd, staff, storm):
            party.start()
        time.sleep(seconds)
        storm.end()
        scene.heal()
        staff.go_home()
        crowd.go_home()
        _let_go(connection)  # what it held may lead to a server that was killed
        left = settle(scene, within=max(400.0, seconds))
        lines = judge(scene, left)
        lines.append(Line("the storm raged to its end", sum(storm.counts.values()), "", tuple(storm.errors[:5])))
        circles = postgres.deadlocks()[before:]
        lines.append(Line("nobody waited for locks in a circle", len(circles), "", tuple(circles[:3])))
        if not all(line.holds for line in lines):
            _keep_logs(scene, seed)
        return lines, {"buyers": crowd.counts, "staff": staff.counts, "storm": storm.counts}, time.monotonic() - began
    finally:
        scene.stop()
        redis.stop()


def _connect(postgres: PostgresServer) -> None:
    """Point this process at a fresh, migrated database."""
    import psycopg

    from tests.chaos.scene_names import DATABASE

    with psycopg.connect(postgres.url(), autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')
        template = server.execute("SELECT 1 FROM pg_database WHERE datname = 'migrated'").fetchone()
        server.execute(f'CREATE DATABASE "{DATABASE}"' + (' TEMPLATE "migrated"' if template else ""))
    os.environ["DATABASE_URL"] = postgres.url(DATABASE)
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    _let_go(connections["default"])
    if not template:
        call_command("migrate", verbosity=0)
        _let_go(connections["default"])
        with psycopg.connect(postgres.url(), autocommit=True) as server:
            server.execute(f'CREATE DATABASE "migrated" TEMPLATE "{DATABASE}"')


def _let_go(connection: Any) -> None:
    """Close what this process holds, its pool included: a database in use cannot be copied or dropped."""
    connection.close()
    connection.close_pool()


def _keep_logs(scene: Any, seed: int) -> None:
    for name in scene.programs:
        print(f"--- {name} (seed {seed})\n{scene.log(name)[-4000:]}")
