"""The two doors to the books: `post()` and `reverse()`. Nothing else writes a ledger row."""

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_

from django.db import IntegrityError, transaction
from django.db.models import Q

from marketplace.core.idempotency import body_hash
from marketplace.ledger.accounts import KINDS, AccountKey, Code
from marketplace.ledger.models import Account, Entry, Posting

__all__ = ["AccountKey", "Code", "KeyConflict", "LedgerError", "post", "reverse"]


class LedgerError(Exception):
    """A booking that must not be made. A bug in the caller, never something a buyer did."""


class KeyConflict(LedgerError):
    """The key was used before for another body."""


def post(
    *, key: str, kind: str, currency: str, lines: Mapping[AccountKey, int], memo: str = "", reference: str = ""
) -> Entry:
    """Book one balanced entry. `lines` are signed minor units: debit positive, credit negative.

    Idempotent by `key`, for good: the same key and body give the first entry back, another body raises `KeyConflict`.
    Raises `LedgerError` when the lines are not at least two, contain a zero, do not sum to zero, or touch an account
    that this kind may not touch. Call it in the transaction that makes the fact true.
    """
    _check(kind, lines)
    entry = Entry(
        key=key, kind=kind, currency=currency, memo=memo[:200], reference=reference,
        body_hash=_digest(kind, currency, lines, reference),
    )  # fmt: skip
    return _write(entry, lines)


def reverse(*, entry: Entry, key: str, memo: str = "") -> Entry:
    """Undo an entry by booking its actual postings the other way round; once per entry, idempotent by `key`."""
    postings = entry.postings.select_related("account")
    lines = {AccountKey(Code(p.account.code), p.account.owner): -p.minor for p in postings}
    undo = Entry(
        key=key, kind="reversal", currency=entry.currency, memo=memo[:200], reference=entry.reference, reverses=entry,
        body_hash=_digest(f"reversal of {entry.pk}", entry.currency, lines, entry.reference),
    )  # fmt: skip
    return _write(undo, lines)


def _check(kind: str, lines: Mapping[AccountKey, int]) -> None:
    rule = KINDS.get(kind)
    if rule is None or kind == "reversal":
        raise LedgerError(f"{kind!r} is not a kind of entry that can be posted")
    if len(lines) < 2 or not all(lines.values()) or sum(lines.values()) != 0:
        raise LedgerError(f"an entry is two or more non-zero lines that sum to zero: {dict(lines)}")
    wrong = [f"{key.code} {minor:+d}" for key, minor in lines.items() if not rule.allows(key.code, minor)]
    if wrong:
        raise LedgerError(f"a {kind} may not book {', '.join(wrong)}")


def _digest(kind: str, currency: str, lines: Mapping[AccountKey, int], reference: str) -> str:
    body = sorted((str(key.code), key.owner, minor) for key, minor in lines.items())
    return body_hash([kind, currency, reference, body])


def _write(entry: Entry, lines: Mapping[AccountKey, int]) -> Entry:
    """Insert postings, then the entry that closes them; or find that it is there already."""
    found = Entry.objects.filter(key=entry.key).first()
    if found is None:
        try:
            with transaction.atomic():
                accounts = _accounts(lines, entry.currency)
                Posting.objects.bulk_create(
                    Posting(entry_id=entry.pk, account=accounts[key], minor=minor) for key, minor in lines.items()
                )
                entry.save(force_insert=True)
            return entry
        except IntegrityError:
            found = Entry.objects.filter(key=entry.key).first()
            if found is None:
                raise
    if found.body_hash != entry.body_hash:
        raise KeyConflict(f"{entry.key} was booked before with another body")
    return found


def _accounts(keys: Iterable[AccountKey], currency: str) -> dict[AccountKey, Account]:
    """The accounts' rows, made when new. Two bookings that need the same new account at once agree on one row."""
    found = _find(keys, currency)
    missing = sorted(key for key in keys if key not in found)  # in one order, so that two never wait for each other
    if missing:
        rows = [Account(code=key.code, owner=key.owner, currency=currency) for key in missing]
        Account.objects.bulk_create(rows, ignore_conflicts=True)
        found = _find(keys, currency)
    return found


def _find(keys: Iterable[AccountKey], currency: str) -> dict[AccountKey, Account]:
    wanted = reduce(or_, (Q(code=key.code, owner=key.owner) for key in keys))
    rows = Account.objects.filter(wanted, currency=currency)
    return {AccountKey(Code(row.code), row.owner): row for row in rows}
