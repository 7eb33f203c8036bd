"""The database itself refuses to change history: through the ORM and through raw SQL, on whichever engine this runs."""

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.audit.models import LogEntry
from marketplace.core.append_only import append_only_models


@pytest.fixture
def entry(db: None) -> LogEntry:
    return LogEntry.objects.create(action="test.done", target_type="x.y", target_id="1")


def test_history_tables_are_append_only():
    assert {m._meta.label for m in append_only_models()} >= {
        "audit.LogEntry", "ledger.Entry", "ledger.Posting", "payments.PaymentEvent",
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("model", append_only_models(), ids=lambda m: m._meta.label)
def test_each_has_its_triggers_after_all_migrations(model):
    table = model._meta.db_table
    catalog = {
        "postgresql": "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE 'append_only%%'",
        "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' "
        "AND tbl_name = %s AND name LIKE 'append_only%%'",
    }
    with connection.cursor() as cursor:
        cursor.execute(catalog[connection.vendor], [table])
        assert cursor.fetchone()[0] == 2


@pytest.mark.parametrize(
    "change", [lambda e: LogEntry.objects.filter(pk=e.pk).update(action="x"), lambda e: e.delete(), lambda e: e.save()]
)
def test_the_orm_cannot_change_it(entry, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        change(entry)


@pytest.mark.parametrize("sql", ["UPDATE audit_logentry SET action = 'x'", "DELETE FROM audit_logentry"])
def test_raw_sql_cannot_change_it(entry, sql):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.postgres
def test_truncate_is_refused(entry):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_logentry CASCADE")


def test_replacing_a_row_is_refused_too(entry, vendor):
    if vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE exists on SQLite only")
    sql = "INSERT OR REPLACE INTO audit_logentry SELECT * FROM audit_logentry"
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
