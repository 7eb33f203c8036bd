"""Tables that only grow. The database itself refuses UPDATE, DELETE and (on PostgreSQL) TRUNCATE, whoever asks.

A model opts in with `class Meta` beside `append_only = True` on the class. Triggers are installed idempotently after
every migrate, because SQLite drops them silently whenever a migration remakes a table.
"""

from typing import Any

from django.apps import apps
from django.db import connections, models, router

POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION sokoni_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def append_only_models() -> list[type[models.Model]]:
    """Every model that declared itself append-only."""
    return [model for model in apps.get_models() if getattr(model, "append_only", False)]


def install_all(*, using: str = "default", **_: Any) -> None:
    """Put every append-only trigger in place. Safe to repeat; tables not migrated yet are passed over."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRES_FUNCTION)
        for model in append_only_models():
            table = model._meta.db_table
            if table in tables and router.allow_migrate_model(using, model):
                for statement in statements(connection.vendor, table):
                    cursor.execute(statement)


def statements(vendor: str, table: str) -> list[str]:
    """The DDL that makes one table append-only. The refused write raises IntegrityError on both engines."""
    if vendor == "postgresql":
        return [
            f'CREATE OR REPLACE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION sokoni_append_only()",
            f'CREATE OR REPLACE TRIGGER append_only_all BEFORE TRUNCATE ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION sokoni_append_only()",
        ]
    return [
        f'CREATE TRIGGER IF NOT EXISTS "append_only_{table}_{verb}" BEFORE {verb} ON "{table}" '
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ]
