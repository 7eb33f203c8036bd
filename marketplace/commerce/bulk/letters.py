"""What buyers read when something is called off or put off: one mail each, whatever it cost."""

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.commerce import letters, order_view
from marketplace.commerce.models import BulkRefund, BulkRefundOrder, Order, OrderRefund

Cause = BulkRefund.Cause


def happened(bulk: BulkRefund) -> str:
    """In one sentence, in the language that is switched on: also the reason of every refund."""
    return _sentence(bulk) % _names(bulk)


def is_bulk(refund_id: int) -> bool:
    """Is it one of many? Then its buyer gets the one mail from here."""
    return BulkRefundOrder.objects.filter(refund=refund_id).exists()


def refunded(refund_id: int) -> None:
    """To the buyer: what happened, what ends, what comes back and how soon."""
    row = BulkRefundOrder.objects.select_related("bulk").get(refund=refund_id)
    refund = OrderRefund.objects.select_related("order__client", "order__paid_by").get(pk=refund_id)
    with translation.override(refund.order.locale):
        letter = _refunded(row.bulk, refund)
    rows = letters.rows_of(refund) if refund.amount_minor else []
    letters.to_buyer(refund.order, row.bulk.key, letter, rows=rows)


def _refunded(bulk: BulkRefund, refund: OrderRefund) -> letters.Letter:
    ended = sum(len(line.positions) for line in refund.lines.all())
    ends = ngettext("Your ticket is not valid any more.", "Your %(n)d tickets are not valid any more.", ended)
    paragraphs = [happened(bulk), ends % {"n": ended} if ended else ""]
    if refund.amount_minor:
        names = {"amount": refund.amount, "code": refund.order.code}
        paragraphs += [_("You get %(amount)s back for order %(code)s.") % names]
    if refund.amount_minor and refund.order.paid_by:
        paragraphs.append(letters.how_it_comes(refund.order.paid_by))
    return _title(bulk), [*paragraphs, *words(bulk)]


def kept(bulk: BulkRefund, order: Order) -> None:
    """It was put off: what was bought stays valid, and until when one may change one's mind."""
    with translation.override(order.locale):
        paragraphs = [happened(bulk), _("What you bought stays valid: you need not do anything.")]
        if order.total_minor and bulk.until:
            names = {"until": order_view.when(bulk.until, bulk.zone)}
            paragraphs.append(
                _("If you would rather have your money back, ask for it on the order page until %(until)s.") % names
            )
        letter = (_title(bulk), [*paragraphs, *words(bulk)])
    letters.to_buyer(order, bulk.key, letter)


def words(bulk: BulkRefund) -> list[str]:
    """The seller's or the marketplace's own words, by paragraph."""
    return [" ".join(part.split()) for part in bulk.message.replace("\r\n", "\n").split("\n\n") if part.strip()]


def _title(bulk: BulkRefund) -> str:
    words = _("Cancelled: %(title)s") if bulk.cause == Cause.CANCELLED else _("Postponed: %(title)s")
    return words % _names(bulk)


def _sentence(bulk: BulkRefund) -> str:
    if bulk.cause == Cause.CANCELLED:
        return _("%(title)s on %(when)s was cancelled.")
    if bulk.new_date:
        return _("%(title)s on %(when)s was postponed to %(new)s.")
    return _("%(title)s on %(when)s was postponed. There is no new date yet.")


def _names(bulk: BulkRefund) -> dict[str, str]:
    when, new = (order_view.when(moment, bulk.zone) for moment in (bulk.takes_place, bulk.new_date))
    return {"title": bulk.title, "when": when, "new": new}
