"""What must be true of the books in themselves, whatever they are about."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

from django.db.models import Exists, Max, Min, OuterRef, Q, Sum

from marketplace.ledger.accounts import GUARDED, KINDS, AccountKey, Code
from marketplace.ledger.checks import Finding, Findings, check
from marketplace.ledger.models import Account, Entry, Posting
from marketplace.ledger.selectors import currencies, trial_balance
from marketplace.ledger.services.booking import fingerprint

CHUNK = 1000
"""Entries looked at together."""
Lines = list[tuple[int, int]]
"""Account number and minor units of each posting of an entry."""


@check("every entry balances and says what it said")
def entries_hold() -> Findings:
    """Its postings sum to zero in its own currency, and fit the fingerprint taken when it was booked."""
    accounts = Account.objects.in_bulk()
    rows = Entry.objects.order_by("created_at", "pk").iterator(CHUNK)
    seen = 0
    while chunk := list(islice(rows, CHUNK)):
        lines = _lines([entry.pk for entry in chunk])
        for entry in chunk:
            yield from _wrong_entry(entry, lines[entry.pk], accounts)
        seen += len(chunk)
    return seen


def _lines(entries: Sequence[uuid.UUID]) -> dict[uuid.UUID, Lines]:
    found: dict[uuid.UUID, Lines] = defaultdict(list)
    for entry, account, minor in Posting.objects.filter(entry__in=entries).values_list("entry", "account", "minor"):
        found[entry].append((account, minor))
    return found


def _wrong_entry(entry: Entry, lines: Lines, accounts: dict[int, Account]) -> Iterator[Finding]:
    where, total = f"entry {entry.key}", sum(minor for _account, minor in lines)
    if len(lines) < 2 or total:
        yield Finding(where, f"has {len(lines)} postings that sum to {total}")
        return
    if not all(_fits(accounts.get(account), entry.currency) for account, _minor in lines):
        yield Finding(where, "touches an account that is not of the chart, or of another currency")
        return
    booked = {AccountKey(Code(accounts[a].code), accounts[a].owner): minor for a, minor in lines}
    kind = f"reversal of {entry.reverses_id}" if entry.reverses_id else entry.kind
    if fingerprint(kind, entry.currency, booked, entry.reference) != entry.body_hash:
        yield Finding(where, "or its postings are not what was booked under this key")


def _fits(account: Account | None, currency: str) -> bool:
    return account is not None and account.currency == currency and account.code in Code.values


@check("no kind of entry touches an account it may not")
def kinds_hold() -> Findings:
    """The table of kinds over every posting; a booking made before a rule was tightened is named too."""
    extremes = Posting.objects.values_list("entry__kind", "account__code").annotate(Max("minor"), Min("minor"))
    for kind, code, most, least in extremes.order_by():
        rule = KINDS.get(kind)
        if most > 0 and (rule is None or code not in rule.debit):
            yield from _wrong_kind(kind, code, "debits", Q(minor__gt=0))
        if least < 0 and (rule is None or code not in rule.credit):
            yield from _wrong_kind(kind, code, "credits", Q(minor__lt=0))
    return Posting.objects.count()


def _wrong_kind(kind: str, code: str, verb: str, signed: Q) -> Iterator[Finding]:
    wrong = Posting.objects.filter(signed, entry__kind=kind, account__code=code).order_by("entry__created_at")
    for key in wrong.values_list("entry__key", flat=True)[:CHUNK]:
        yield Finding(f"entry {key}", f"is a {kind} and {verb} {code}")


@check("debits and credits agree in every currency")
def trial_balances_agree() -> Findings:
    found = currencies()
    for currency in found:
        if total := sum(trial_balance(currency).values()):
            yield Finding(f"trial balance {currency}", f"is {total:+d} and not zero")
    return len(found)


@check("nobody was paid what they did not have")
def guarded_accounts_are_covered() -> Findings:
    """What we owe somebody is never less than nothing."""
    guarded = Posting.objects.filter(account__code__in=GUARDED)
    sums = guarded.values_list("account").annotate(total=Sum("minor")).order_by()
    for account in Account.objects.filter(pk__in=[pk for pk, total in sums if total > 0]).order_by("pk"):
        yield Finding(f"account {account}", "has a debit balance")
    return Account.objects.filter(code__in=GUARDED).count()


@check("a reversal takes back exactly what was booked")
def reversals_mirror() -> Findings:
    rows = Entry.objects.exclude(reverses=None).order_by("created_at", "pk").values_list("key", "pk", "reverses_id")
    found = rows.iterator(CHUNK)
    seen = 0
    while chunk := list(islice(found, CHUNK)):
        lines = _lines([pk for _key, *both in chunk for pk in both])
        for key, undo, undone in chunk:
            if sorted(lines[undo]) != sorted((account, -minor) for account, minor in lines[undone]):
                yield Finding(f"entry {key}", f"does not mirror the entry it reverses, {undone}")
        seen += len(chunk)
    return seen


@check("every posting belongs to an entry")
def postings_have_entries() -> Findings:
    lost = Posting.objects.filter(~Exists(Entry.objects.filter(pk=OuterRef("entry_id"))))
    for pk, entry in lost.order_by("pk").values_list("pk", "entry_id")[:100]:
        yield Finding(f"posting {pk}", f"belongs to entry {entry}, which is not there")
    return Posting.objects.count()
