"""The database itself refuses to change history: through the ORM and through raw SQL, on whichever engine this runs.

Every append-only table is tried, those added later included.
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F

from marketplace.core import clock
from marketplace.core.append_only import append_only_models
from marketplace.core.ids import opaque_id
from marketplace.ledger.accounts import Code, clearing, of_seller
from marketplace.ledger.models import Entry
from marketplace.ledger.services import post

pytestmark = pytest.mark.django_db

every_history = pytest.mark.parametrize("model", append_only_models(), ids=lambda m: m._meta.label)

_numbers = itertools.count(1000)
SAMPLES: dict[type[models.Field], Callable[[models.Field], Any]] = {
    models.UUIDField: lambda field: opaque_id(),
    models.JSONField: lambda field: {"x": 1},
    models.DateTimeField: lambda field: clock.now(),
    models.DateField: lambda field: clock.now().date(),
    models.BooleanField: lambda field: True,
    models.CharField: lambda field: f"x{next(_numbers)}"[: field.max_length],
    models.TextField: lambda field: "x",
    models.IntegerField: lambda field: next(_numbers),
    models.FloatField: lambda field: 1.5,
    models.GenericIPAddressField: lambda field: "127.0.0.1",
}


ALIKE: dict[str, dict[str, Any]] = {"payouts.CommissionInvoice": {"fee_minor": 5, "tax_minor": 1, "total_minor": 6}}
"""What a table's own rules ask of a row."""


@pytest.fixture(autouse=True)
def _loose_ends(db: None) -> Iterator[None]:
    """Rows are made without what they refer to; the transaction ends before anyone asks."""
    yield
    transaction.set_rollback(True)


def a_row(model: type[models.Model]) -> models.Model:
    """A row of any history."""
    if model is Entry:  # is written last, and has to balance
        lines = {clearing("mpesa"): 5, of_seller(Code.SELLER_PENDING, 1): -5}
        return post(key="k", kind="sale", currency="KES", lines=lines)
    made = {field.attname: sample(field) for field in model._meta.concrete_fields if not field.has_default()}
    row = model(**made | ALIKE.get(model._meta.label, {}))
    model._default_manager.bulk_create([row])
    return row


def sample(field: models.Field) -> Any:
    if field.null:
        return None
    if field.choices:
        return field.choices[0][0]
    if field.is_relation:
        return sample(field.target_field)
    if isinstance(field, models.AutoField):
        return next(_numbers)
    return next(make(field) for kind, make in SAMPLES.items() if isinstance(field, kind))


def a_column(model: type[models.Model]) -> str:
    return next(field.name for field in model._meta.concrete_fields if not field.primary_key)


def test_history_tables_are_append_only():
    assert {m._meta.label for m in append_only_models()} >= {
        "audit.LogEntry", "core.Seal", "core.SealedRow", "ledger.Account", "ledger.Entry", "ledger.Posting",
        "ledger.ProofRun", "payments.PaymentEvent", "payments.DisbursementEvent",
    }  # fmt: skip


@every_history
def test_each_has_its_triggers_after_all_migrations(model: type[models.Model]):
    table = model._meta.db_table
    catalog = {
        "postgresql": "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE 'append_only%%'",
        "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' "
        "AND tbl_name = %s AND name LIKE 'append_only%%'",
    }
    with connection.cursor() as cursor:
        cursor.execute(catalog[connection.vendor], [table])
        assert cursor.fetchone()[0] == 2


def refuses(model: type[models.Model], change: Callable[[], Any]) -> bool:
    """The change fails, with the one error everybody expects, and every row is as it was."""
    before = list(model._default_manager.order_by("pk").values())
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        change()
    return list(model._default_manager.order_by("pk").values()) == before != []


@every_history
def test_the_orm_cannot_change_it(model: type[models.Model]):
    row = a_row(model)
    rows = model._default_manager.filter(pk=row.pk)
    assert refuses(model, lambda: rows.update(**{a_column(model): F(a_column(model))}))
    assert refuses(model, lambda: rows.bulk_update([row], [a_column(model)]))
    assert refuses(model, lambda: row.save(force_update=True))


@every_history
def test_the_orm_cannot_remove_it(model: type[models.Model]):
    row = a_row(model)
    assert refuses(model, lambda: model._default_manager.filter(pk=row.pk)._raw_delete(connection.alias))
    if model._meta.label not in {"ledger.Entry"}:  # its postings protect it before the database is asked
        assert refuses(model, lambda: model._default_manager.filter(pk=row.pk).delete())


@every_history
@pytest.mark.parametrize("statement", ["UPDATE {table} SET {pk} = {pk}", "DELETE FROM {table}"])
def test_raw_sql_cannot_change_it(model: type[models.Model], statement: str):
    a_row(model)
    assert refuses(model, lambda: sql(model, statement))


def sql(model: type[models.Model], statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement.format(table=model._meta.db_table, pk=model._meta.pk.column))


@pytest.mark.postgres
@every_history
@pytest.mark.parametrize("statement", ["TRUNCATE {table}", "TRUNCATE {table} CASCADE"])
def test_truncate_is_refused(model: type[models.Model], statement: str):
    with pytest.raises(Exception, match=r"append-only|referenced in a foreign key"), transaction.atomic():
        sql(model, statement)


@every_history
def test_replacing_a_row_is_refused_too(model: type[models.Model], vendor: str):
    if vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE exists on SQLite only")
    a_row(model)
    with pytest.raises(IntegrityError), transaction.atomic():
        sql(model, "INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
