import datetime as dt

from marketplace.commerce.models import BulkRefund, BulkRefundOrder, OrderLine

Act = BulkRefund.Act


def asking_until(line: OrderLine, now: dt.datetime) -> dt.datetime | None:
    """What was bought was put off and stays valid: until when its buyer may have the money instead, if still."""
    found = BulkRefundOrder.objects.filter(
        order=line.order_id, bulk__act=Act.KEEP, bulk__offers=line.offer_id, bulk__until__gte=now,
        status=BulkRefundOrder.Status.DONE,
    )  # fmt: skip
    latest: dt.datetime | None = found.order_by("-bulk__until").values_list("bulk__until", flat=True).first()
    return latest
