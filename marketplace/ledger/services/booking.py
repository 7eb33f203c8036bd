"""The two doors to the books: `post()` and `reverse()`. Nothing else writes a ledger row.

A debit on a guarded account takes that account's lock first and asks afterwards, with its own postings counted, whether
more left than was there: who repeats a booking that meanwhile succeeded gets it back, and is not told of an empty
account.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_

from django.db import IntegrityError, transaction
from django.db.models import Q, Sum

from marketplace.core.idempotency import body_hash
from marketplace.ledger.accounts import GUARDED, KINDS, AccountKey, Code
from marketplace.ledger.models import Account, Entry, Posting

__all__ = ["AccountKey", "Code", "KeyConflict", "LedgerError", "Overdrawn", "draw", "post", "reverse"]


class LedgerError(Exception):
    """A booking that must not be made. A bug in the caller, never something a buyer did."""


class KeyConflict(LedgerError):
    """The key was used before for another body."""


class Overdrawn(LedgerError):
    """More was to leave a guarded account than lies on it."""


def draw(
    *, owner: str, currency: str, minor: int, codes: Sequence[Code], overflow: Code | None
) -> dict[AccountKey, int]:
    """Debit lines that take `minor` units from an owner's accounts, in the order of `codes`, the rest from `overflow`.

    Locks the accounts until the end of the transaction, so that what is found there is still there when it is posted.
    Credits by others do not wait for that. Raises `Overdrawn` when it is not enough and there is no `overflow`.
    """
    keys = [AccountKey(code, owner) for code in codes]
    left, lines = minor, {}
    accounts = _accounts(keys, currency)
    _lock(accounts.values())
    balances = _balances(accounts.values())
    for key in keys:
        part = min(left, max(-balances[accounts[key]], 0))
        if part:
            lines[key] = part
            left -= part
    if left and overflow is None:
        raise Overdrawn(f"{owner}: {left} {currency} more than there is")
    if left and overflow is not None:
        lines[AccountKey(overflow, owner)] = left
    return lines


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
        body_hash=fingerprint(kind, currency, lines, reference),
    )  # fmt: skip
    return _write(entry, lines)


def reverse(*, entry: Entry, key: str, memo: str = "") -> Entry:
    """Undo an entry by booking its actual postings the other way round; once per entry, idempotent by `key`."""
    postings = entry.postings.select_related("account")
    lines = {AccountKey(Code(p.account.code), p.account.owner): -p.minor for p in postings}
    undo = Entry(
        key=key, kind="reversal", currency=entry.currency, memo=memo[:200], reference=entry.reference, reverses=entry,
        body_hash=fingerprint(f"reversal of {entry.pk}", entry.currency, lines, entry.reference),
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


def fingerprint(kind: str, currency: str, lines: Mapping[AccountKey, int], reference: str) -> str:
    """What is booked under a key, as a hash: kept with the entry, compared with repeats and with its postings."""
    body = sorted((str(key.code), key.owner, minor) for key, minor in lines.items())
    return body_hash([kind, currency, reference, body])


def _write(entry: Entry, lines: Mapping[AccountKey, int]) -> Entry:
    """Insert postings, then the entry that closes them; or find that it is there already.

    Nobody looks first: nearly every key is new, and the unique key tells those that are not.
    """
    try:
        with transaction.atomic():
            accounts = _accounts(lines, entry.currency)
            guarded = [accounts[key] for key, minor in lines.items() if minor > 0 and key.code in GUARDED]
            _lock(guarded)
            Posting.objects.bulk_create(
                Posting(entry_id=entry.pk, account=accounts[key], minor=minor) for key, minor in lines.items()
            )
            entry.save(force_insert=True)
            _refuse_overdrawn(guarded)
        return entry
    except IntegrityError:
        found = Entry.objects.filter(key=entry.key).first()
        if found is None:
            raise
    if found.body_hash != entry.body_hash:
        raise KeyConflict(f"{entry.key} was booked before with another body")
    return found


def _refuse_overdrawn(accounts: Iterable[Account]) -> None:
    """What we owe cannot become less than nothing. Only debits are asked: sales, which credit, never wait here."""
    short = [account for account, minor in _balances(accounts).items() if minor > 0]
    if short:
        raise Overdrawn(f"not that much on {', '.join(map(str, short))}")


def _lock(accounts: Iterable[Account]) -> None:
    """Take the accounts until the end of the transaction, lowest primary key first.

    The lock leaves the primary key alone (FOR NO KEY UPDATE): postings by others, which refer to it, go through.
    """
    ids = [account.pk for account in accounts]
    if ids:
        list(Account.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))


def _balances(accounts: Iterable[Account]) -> dict[Account, int]:
    """Sums of postings, this transaction's own included. True for as long as the accounts are locked."""
    accounts = list(accounts)
    if not accounts:
        return {}
    rows = Posting.objects.filter(account__in=accounts).values_list("account").annotate(Sum("minor")).order_by()
    sums = dict(rows)
    return {account: sums.get(account.pk, 0) for account in accounts}


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
