"""What must be true of licenses. See `ledger.checks`."""

from django.db.models import Count, F, Q

from marketplace.commerce.models import Order, OrderLine
from marketplace.ledger.checks import Finding, Findings, check
from marketplace.licensing.models import License

PAID = (Order.Status.PAID, Order.Status.FULFILLED)
LIVE = ~Q(licenses__status=License.Status.REVOKED)


@check("no license works without money behind it")
def licenses_are_paid() -> Findings:
    """Live licenses are of paid orders, and no more of a line than were bought and not given back."""
    rows = OrderLine.objects.filter(kind="license").annotate(live=Count("licenses", filter=LIVE))
    wrong = rows.filter(live__gt=0).exclude(
        Q(order__status__in=PAID) & Q(live__lte=F("quantity") - F("refunded_quantity"))
    )
    for line in wrong.select_related("order").order_by("pk"):
        text = (
            f"line {line.pk}: {line.live} of {line.quantity} live, {line.refunded_quantity} ended, {line.order.status}"
        )
        yield Finding(f"order {line.order.code}", text)
    return License.objects.count()
