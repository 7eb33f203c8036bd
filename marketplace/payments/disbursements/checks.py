"""What must be true of transfers and of the fees booked for them."""

from collections import Counter

from marketplace.ledger.checks import Finding, Findings, check
from marketplace.ledger.selectors import entries
from marketplace.payments.disbursements.fees import fee_key
from marketplace.payments.disbursements.plan import LIVE
from marketplace.payments.models import BankFile, Disbursement
from marketplace.payments.rails import CASH

Status = Disbursement.Status


@check("transfers under way are looked after")
def nothing_is_forgotten() -> Findings:
    """A transfer without an outcome and without a next look would wait for ever."""
    live = Disbursement.objects.filter(status__in=LIVE).exclude(rail=Disbursement.Rail.BANK_FILE)
    for row in live.filter(next_check_at=None).order_by("created_at"):
        yield Finding(f"disbursement {row.key}", f"is {row.status}, and nobody will look at it again")
    unsettled = Disbursement.objects.filter(status__in=(Status.PAID, Status.FAILED), settled_at=None)
    for row in unsettled.order_by("created_at"):
        yield Finding(f"disbursement {row.key}", f"is {row.status} since no moment at all")
    return Disbursement.objects.count()


@check("fees of transfers and the books")
def fees_are_booked() -> Findings:
    """Every fee that is known is booked once, with the cash account of its rail, and nothing else is."""
    booked = _booked()
    looked = 0
    for row in Disbursement.objects.filter(fee_minor__gt=0).order_by("created_at").iterator():
        looked += 1
        found = booked.pop(fee_key(row), None)
        if found != {str(CASH[Disbursement.Rail(row.rail)]): -(row.fee_minor or 0)}:
            yield Finding(
                f"disbursement {row.key}", f"cost {row.fee_minor} {row.currency}, booked: {found or 'nothing'}"
            )
    for key in sorted(booked):
        yield Finding(f"entry {key}", "books a fee that its transfer does not know")
    return looked


def _booked() -> dict[str, dict[str, int]]:
    """By key, what entries about transfers' fees took from which cash account."""
    cash = {str(code) for code in CASH.values()}
    found = entries().filter(kind__in=("payout_fee", "refund_fee"), key__startswith="disbursement:")
    return {
        entry.key: {p.account.code: p.minor for p in entry.postings.all() if p.account.code in cash}
        for entry in found.iterator(chunk_size=2000)
    }


@check("bank files hold what they say")
def files_add_up() -> Findings:
    """Lines and total as they were when the file was made."""
    lines, totals = Counter[int](), Counter[int]()
    for file_id, minor in Disbursement.objects.exclude(bank_file=None).values_list("bank_file", "amount_minor"):
        lines[file_id] += 1
        totals[file_id] += minor
    for file in BankFile.objects.order_by("pk"):
        if (lines[file.pk], totals[file.pk]) != (file.lines, file.total_minor):
            yield Finding(
                f"bank file {file.code}",
                f"says {file.lines} lines and {file.total_minor}, holds {lines[file.pk]} and {totals[file.pk]}",
            )
    return BankFile.objects.count()
