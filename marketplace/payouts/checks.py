"""What must be true of sellers' money: the rows of this room against the books. See `ledger.checks`."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from django.db.models import Count, F, Max, Min, Q, Sum

from marketplace.ledger import selectors as ledger
from marketplace.ledger.accounts import Code
from marketplace.ledger.checks import Finding, Findings, check
from marketplace.payments.models import Disbursement
from marketplace.payouts.models import CommissionInvoice, Earning, Payout, PayoutItem
from marketplace.payouts.services.items import CARRIED
from marketplace.payouts.services.release import seller_of

Owner = tuple[int, str]
Sums = dict[Owner, int]
"""Seller and currency -> minor units in the seller's favor."""

OTHER_KINDS = ("write_off", "fee_recharged", "provider_fee", "exchange", "opening")
"""What moves a seller's money besides sales, refunds, disputes and payouts."""
SELLERS = (Code.SELLER_PENDING, Code.SELLER_AVAILABLE, Code.SELLER_RESERVE, Code.PAYOUT_IN_TRANSIT,
           Code.SELLER_DISPUTE_HOLD, Code.SELLER_RECEIVABLE)  # fmt: skip
BOOKED = (Payout.Status.SENDING, Payout.Status.UNKNOWN, Payout.Status.PAID)
"""Payouts that are in the books."""


@check("sellers' sales and accounts agree")
def sales_and_accounts() -> Findings:
    """Per seller and currency: pending shares lie on 2110, disputed ones on 2150, open reserves cover 2130; and what
    was earned and neither given back nor paid out lies on the seller's accounts together."""
    rows = _earned()
    books = {code: _sellers(ledger.balances_by_owner(code=code)) for code in SELLERS}
    out = _paid_out()
    other = _sellers(ledger.booked_by_owner(codes=SELLERS, kinds=OTHER_KINDS))
    owners = sorted(set(rows) | set(out) | {owner for sums in books.values() for owner in sums})
    for owner in owners:
        earned = rows.get(owner, NOTHING)
        yield from _compare(owner, "pending shares", earned["pending"], books[Code.SELLER_PENDING])
        yield from _compare(owner, "disputed shares", earned["disputed"], books[Code.SELLER_DISPUTE_HOLD])
        lying = books[Code.SELLER_RESERVE].get(owner, 0)
        if lying > earned["reserve"]:
            yield _finding(owner, f"{lying} lies in reserve, and open reserves are {earned['reserve']}")
        total = sum(books[code].get(owner, 0) for code in SELLERS)
        expected = earned["net"] - out.get(owner, 0) + other.get(owner, 0)
        if total != expected:
            yield _finding(owner, f"accounts hold {total}; sales less payouts come to {expected}")
    return len(owners)


NOTHING = {"pending": 0, "disputed": 0, "reserve": 0, "net": 0}


def _earned() -> dict[Owner, dict[str, int]]:
    pending = F("share_minor") - F("returned_minor") - F("disputed_minor")
    rows = Earning.objects.order_by().values("seller_id", "currency").annotate(
        pending=Sum(pending, filter=Q(status="pending"), default=0),
        disputed=Sum("disputed_minor"),
        reserve=Sum("reserve_minor", filter=Q(reserve_matured_at=None), default=0),
        kept=Sum(F("share_minor") - F("returned_minor")),
    )  # fmt: skip
    return {
        (row["seller_id"], row["currency"]): {
            "pending": row["pending"], "disputed": row["disputed"], "reserve": row["reserve"], "net": row["kept"],
        }
        for row in rows
    }  # fmt: skip


def _paid_out() -> Sums:
    """What left sellers' accounts by payouts: all of it when paid, tax and fee while the rest is in transit."""
    sums: Sums = defaultdict(int)
    rows = Payout.objects.filter(status__in=BOOKED).order_by().values("seller_id", "currency", "status")
    for row in rows.annotate(out=Sum("gross_minor"), sent=Sum("net_minor")):
        paid = row["status"] == Payout.Status.PAID
        sums[row["seller_id"], row["currency"]] += row["out"] - (0 if paid else row["sent"])
    return sums


@check("payouts under way lie in transit")
def in_transit() -> Findings:
    rows = Payout.objects.filter(status__in=(Payout.Status.SENDING, Payout.Status.UNKNOWN)).order_by()
    sums = {
        (row["seller_id"], row["currency"]): row["sent"]
        for row in rows.values("seller_id", "currency").annotate(sent=Sum("net_minor"))
    }
    books = _sellers(ledger.balances_by_owner(code=Code.PAYOUT_IN_TRANSIT))
    for owner in sorted(set(sums) | set(books)):
        yield from _compare(owner, "payouts under way", sums.get(owner, 0), books)
    return len(sums)


@check("payouts are the sum of their items")
def items_add_up() -> Findings:
    rows = Payout.objects.annotate(
        items_minor=Sum("items__minor", default=0),
        opened_minor=Sum("items__minor", filter=Q(items__kind=CARRIED), default=0),
    )
    wrong = rows.exclude(items_minor=F("gross_minor") + F("carried_minor"), opened_minor=F("opening_minor"))
    for payout in wrong.order_by("pk"):
        due = payout.gross_minor + payout.carried_minor
        found = payout.items_minor
        yield Finding(f"payout {payout.code}", f"its items come to {found}, not {due}")
    return rows.count()


@check("payout items are postings, each paid once")
def items_are_postings() -> Findings:
    rows = PayoutItem.objects.exclude(kind=CARRIED).order_by("pk")
    count, found = 0, rows.values_list("posting_id", "minor", "payout__code").iterator(chunk_size=2_000)
    while some := list(islice(found, 2_000)):
        booked = ledger.minors_of([posting_id for posting_id, _, _ in some])
        for posting_id, minor, code in some:
            if booked.get(posting_id) != minor:
                yield Finding(f"payout {code}", f"an item of {minor} stands for a posting of {booked.get(posting_id)}")
        count += len(some)
    # A payout booked again after it had failed may share items with the one that replaced it: the debt is in the books.
    standing = rows.filter(payout__status__in=Payout.STANDING, payout__bookings__lte=1)
    twice = standing.order_by().values("posting_id").annotate(count=Count("pk")).filter(count__gt=1)
    for row in twice.annotate(code=Max("payout__code")):
        yield Finding(f"payout {row['code']}", f"posting {row['posting_id']} is paid in {row['count']} payouts")
    return count


@check("payouts and transfers agree")
def payouts_and_transfers() -> Findings:
    rows = Payout.objects.filter(status__in=BOOKED)
    paid = Q(status=Payout.Status.PAID)
    wrong = rows.filter(
        Q(disbursement=None)
        | ~Q(disbursement__amount_minor=F("net_minor"))
        | ~Q(disbursement__currency=F("currency"))
        | (paid & ~Q(disbursement__status=Disbursement.Status.PAID))
    )
    for payout in wrong.select_related("disbursement").order_by("pk"):
        yield Finding(f"payout {payout.code}", f"is {payout.status}; its transfer: {_told(payout.disbursement)}")
    return rows.count()


def _told(disbursement: Disbursement | None) -> str:
    return f"{disbursement.status}, {disbursement.amount}" if disbursement else "none"


@check("commission invoices are numbered without gaps and add up")
def invoices() -> Findings:
    series = CommissionInvoice.objects.order_by().values("series")
    for row in series.annotate(count=Count("pk"), first=Min("sequence"), last=Max("sequence")):
        if (row["first"], row["last"]) != (1, row["count"]):
            yield Finding(
                f"invoices of {row['series']}", f"{row['count']} numbers from {row['first']} to {row['last']}"
            )
    rows = CommissionInvoice.objects.annotate(fees=Sum("lines__fee_minor"), taxes=Sum("lines__tax_minor"))
    for invoice in rows.exclude(fees=F("fee_minor"), taxes=F("tax_minor")).order_by("pk"):
        yield Finding(f"invoice {invoice.number}", "is not the sum of its lines")
    billed = Earning.objects.annotate(billed=Sum("invoice_lines__fee_minor", default=0))
    for earning in billed.filter(billed__gt=F("fee_minor")).order_by("pk"):
        yield Finding(f"order {earning.reference} line {earning.line_id}", "more commission was billed than was taken")
    return rows.count()


def _sellers(balances: dict[tuple[str, str], int]) -> Sums:
    return {
        (seller_id, currency): -minor
        for (owner, currency), minor in balances.items()
        if (seller_id := seller_of(owner)) is not None
    }


def _compare(owner: Owner, what: str, rows: int, books: Sums) -> Iterator[Finding]:
    lying = books.get(owner, 0)
    if rows != lying:
        yield _finding(owner, f"{what} come to {rows}, and {lying} is booked")


def _finding(owner: Owner, text: str) -> Finding:
    return Finding(f"seller {owner[0]} {owner[1]}", f"{text} (minor units)")
