from marketplace.audit.services import record
from marketplace.payments.errors import Malformed, NotAStatement
from marketplace.payments.models import ReconciliationRun
from marketplace.payments.providers.statements import UPLOADED, read
from marketplace.payments.reconciliation import stated
from marketplace.payments.services.reconcile_day import reconcile_day

MOST_DAYS = 62
"""Two months in one file."""


def import_statement(*, provider: str, content: bytes, actor_id: int | None) -> list[ReconciliationRun]:
    """Keep what a statement of the provider's portal says, and compare every day it tells of; newest day last.

    The same file again changes nothing. Refuses `not_a_statement`, and what is for more than `MOST_DAYS`.
    """
    try:
        statement = read(provider, content) if provider in UPLOADED else None
    except Malformed as error:
        raise NotAStatement from error
    if statement is None or not statement.lines or len(statement.days) > MOST_DAYS:
        raise NotAStatement
    stated.keep(provider, statement.lines)
    runs = [reconcile_day(provider=provider, day=day, actor_id=actor_id) for day in statement.days]
    record(
        action="statement.imported", target=runs[-1], actor_id=actor_id,
        data={"lines": len(statement.lines), "days": [day.isoformat() for day in statement.days]},
    )  # fmt: skip
    return runs
