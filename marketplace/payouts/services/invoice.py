from django.db.models import BigIntegerField, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from marketplace.core import clock
from marketplace.payouts.models import CommissionInvoice, CommissionInvoiceLine, Earning, NumberSeries, Payout


def issue_invoice(payout: Payout) -> CommissionInvoice | None:
    """Our invoice for the commission on everything released up to this payout and not billed yet; once per payout.

    Commission that was billed and given back since is a negative line. The number comes from the year's series,
    under its lock, in the transaction that pays: no gaps. None when there is nothing to bill.
    """
    found = CommissionInvoice.objects.filter(payout=payout).first()
    if found is not None:
        return found
    lines = [_line(earning) for earning in _unbilled(payout)]
    if not lines:
        return None
    fee, tax = sum(line.fee_minor for line in lines), sum(line.tax_minor for line in lines)
    series = str(timezone.localtime(clock.now()).year)
    invoice = CommissionInvoice.objects.create(
        series=series, sequence=_next(series), seller_id=payout.seller_id, payout=payout, currency=payout.currency,
        issued_at=clock.now(), fee_minor=fee, tax_minor=tax, total_minor=fee + tax,
    )  # fmt: skip
    for line in lines:
        line.invoice = invoice
    CommissionInvoiceLine.objects.bulk_create(lines, batch_size=1_000)
    return invoice


def _unbilled(payout: Payout) -> QuerySet[Earning]:
    """Released sales of which more, or less, commission is ours than was billed."""
    sums = {
        f"billed_{name}": Coalesce(Sum(f"invoice_lines__{name}_minor"), Value(0), output_field=BigIntegerField())
        for name in ("fee", "tax")
    }
    rows = Earning.objects.filter(
        seller=payout.seller_id, currency=payout.currency, status=Earning.Status.RELEASED,
        released_at__lte=payout.proposed_at,
    )  # fmt: skip
    rows = rows.annotate(**sums).annotate(
        fee_due=F("fee_minor") - F("fee_returned_minor") - F("billed_fee"),
        tax_due=F("commission_tax_minor") - F("commission_tax_returned_minor") - F("billed_tax"),
    )
    return rows.exclude(Q(fee_due=0) & Q(tax_due=0)).order_by("released_at", "pk")


def _line(earning: Earning) -> CommissionInvoiceLine:
    due: tuple[int, int] = earning.fee_due, earning.tax_due  # type: ignore[attr-defined]
    return CommissionInvoiceLine(earning=earning, fee_minor=due[0], tax_minor=due[1])


def _next(series: str) -> int:
    NumberSeries.objects.get_or_create(name=series)
    row = NumberSeries.objects.select_for_update(no_key=True).get(name=series)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last
