"""Run every check over everything, over one snapshot of the database, and remember what was found."""

import logging
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

from django.db import connection, transaction

from marketplace.core import sealing
from marketplace.ledger.alarm import sound
from marketplace.ledger.checks import Check, Finding, checks
from marketplace.ledger.models import ProofRun

logger = logging.getLogger(__name__)

KEPT = 20
"""Findings remembered per check."""
ENOUGH = 1000
"""A check that found so many is told to stop: everything is wrong, and which row first is known."""
RUNS_HELD = 30
"""The chains must still hold what so many runs before noted."""


@dataclass
class Result:
    """What one check found."""

    check: str
    rows: int | None = None
    """How many it looked at, if it says so."""
    seconds: float = 0.0
    wrong: int = 0
    findings: list[Finding] = field(default_factory=list)
    """The first ones, first wrong row first."""


Told = Callable[[Result], None]


def prove(
    *, actor_id: int | None = None, expect: Iterable[tuple[str, int, str]] = (), tell: Told | None = None
) -> ProofRun:
    """Ask every check, write down the answers, and raise or clear the alert. Never inside a transaction of its own.

    `expect`: heads (chain, number, hash) noted outside the database, which the chains must hold; `tell` hears each
    result as it comes. A check that breaks down counts as wrong.
    """
    noted = _noted(expect)
    began, results = time.monotonic(), []
    with _snapshot():
        heads = sealing.heads()
        for name, function in {**_seal_checks(noted), **checks()}.items():
            results.append(_run(name, function))
            if tell:
                tell(results[-1])
    run = ProofRun.objects.create(
        asked_by=actor_id,
        passed=not any(result.wrong for result in results),
        seconds=round(time.monotonic() - began, 3),
        results=[asdict(result) for result in results],
        heads=heads,
    )
    sound(run)
    return run


def _noted(expect: Iterable[tuple[str, int, str]]) -> dict[str, list[sealing.Head]]:
    """Per chain: heads given by hand, and those of the last runs."""
    noted: dict[str, list[sealing.Head]] = {}
    for heads in ProofRun.objects.order_by("-at").values_list("heads", flat=True)[:RUNS_HELD]:
        for chain, head in heads.items():
            noted.setdefault(chain, []).append(head)
    for chain, number, digest in expect:
        noted.setdefault(chain, []).append([number, digest])
    return noted


def _seal_checks(noted: dict[str, list[sealing.Head]]) -> dict[str, Check]:
    return {
        f"{chain.name} is as it was sealed": partial(_sealed, chain, noted.get(chain.name, []))
        for chain in sealing.chains()
    }


def _sealed(chain: sealing.Chain, noted: list[sealing.Head]) -> Generator[Finding, None, int]:
    return (yield from _as_findings(sealing.verify(chain, noted=noted)))


def _as_findings(found: Generator[sealing.Broken, None, int]) -> Generator[Finding, None, int]:
    while True:
        try:
            broken = next(found)
        except StopIteration as end:
            return int(end.value)
        yield Finding(broken.where, broken.text)


def _run(name: str, function: Check) -> Result:
    result, began = Result(name), time.monotonic()
    try:
        with _savepoint():
            _drive(result, function())
    except Exception as error:
        logger.exception("check %s broke down", name)
        result.wrong += 1
        result.findings.append(Finding("the check itself", f"broke down: {type(error).__name__}: {error}"[:300]))
    result.seconds = round(time.monotonic() - began, 3)
    return result


def _drive(result: Result, found: Iterable[Finding]) -> None:
    """A generator's return value is the number of rows it looked at; any other iterable says nothing of it."""
    steps = iter(found)
    while result.wrong < ENOUGH:
        try:
            finding = next(steps)
        except StopIteration as end:
            result.rows = end.value
            return
        result.wrong += 1
        if len(result.findings) < KEPT:
            result.findings.append(finding)


@contextmanager
def _savepoint() -> Iterator[None]:
    """So that a check whose query failed does not take the snapshot from those after it."""
    if connection.in_atomic_block:
        with transaction.atomic():
            yield
    else:
        yield


@contextmanager
def _snapshot() -> Iterator[None]:
    """All checks see the same moment: a sale committed between two of them is in both or in none.

    On SQLite a deferred transaction is a snapshot that no writer waits for. Inside a test's transaction it is one.
    """
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "postgresql":
        with transaction.atomic():
            _execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
        return
    _execute("BEGIN DEFERRED")
    try:
        yield
    finally:
        _execute("COMMIT")


def _execute(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
