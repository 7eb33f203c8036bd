"""The database's own guard of the books, on both engines: what `services.post` promises, raw SQL cannot break either.

Postings are inserted first and the entry last. Its insert closes it: refused unless its postings are at least two, of
its currency, and sum to zero. Once the entry exists, no posting joins it. (Another connection cannot slip one in before
the commit: it would have to guess a random id, and its own commit fails while the entry is unknown to it.)
Installed after every migrate, because SQLite drops triggers whenever a migration remakes a table.
"""

from typing import Any

from django.db import connections

POSTGRES = """
CREATE OR REPLACE FUNCTION sokoni_entry_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE lines bigint; total numeric; strangers bigint;
BEGIN
    SELECT count(*), coalesce(sum(p.minor), 0), count(*) FILTER (WHERE a.currency IS DISTINCT FROM NEW.currency)
      INTO lines, total, strangers
      FROM ledger_posting p LEFT JOIN ledger_account a ON a.id = p.account_id WHERE p.entry_id = NEW.id;
    IF lines < 2 OR total <> 0 OR strangers > 0 THEN
        RAISE EXCEPTION 'ledger entry does not balance: % postings, sum %, % of another currency',
            lines, total, strangers USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION sokoni_entry_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.entry_id) THEN
        RAISE EXCEPTION 'ledger entry is closed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER entry_balanced BEFORE INSERT ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION sokoni_entry_balanced();
CREATE OR REPLACE TRIGGER entry_closed BEFORE INSERT ON ledger_posting
    FOR EACH ROW EXECUTE FUNCTION sokoni_entry_closed();
"""

# The last condition of each closes a door of SQLite's own: INSERT OR REPLACE deletes without firing DELETE triggers.
SQLITE = (
    "DROP TRIGGER IF EXISTS entry_balanced",
    """
    CREATE TRIGGER entry_balanced BEFORE INSERT ON ledger_entry
    WHEN (SELECT count(*) < 2 OR coalesce(sum(minor), 0) <> 0 FROM ledger_posting WHERE entry_id = NEW.id)
      OR EXISTS (SELECT 1 FROM ledger_posting p LEFT JOIN ledger_account a ON a.id = p.account_id
                 WHERE p.entry_id = NEW.id AND a.currency IS NOT NEW.currency)
      OR EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.id OR key = NEW.key)
    BEGIN SELECT RAISE(ABORT, 'ledger entry does not balance, or is there already'); END
    """,
    "DROP TRIGGER IF EXISTS entry_closed",
    """
    CREATE TRIGGER entry_closed BEFORE INSERT ON ledger_posting
    WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.entry_id)
      OR EXISTS (SELECT 1 FROM ledger_posting WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'ledger entry is closed'); END
    """,
)


def install(*, using: str = "default", **kwargs: Any) -> None:  # noqa: ARG001 (a signal's signature)
    """Put the ledger's triggers in place; safe to repeat, and a newer definition replaces an older one."""
    connection = connections[using]
    if "ledger_posting" not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for statement in (POSTGRES,) if connection.vendor == "postgresql" else SQLITE:
            cursor.execute(statement)
