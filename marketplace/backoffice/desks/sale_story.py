"""What became of a sale: money asked for or given back, and what banks question, as the sale's seller reads it."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.commerce.models import OrderDispute, OrderLine, OrderRefund, OrderRefundLine
from marketplace.commerce.refunds.left import DECIDED, parts_of_case
from marketplace.core.money import Money


@dataclass(frozen=True)
class Chapter:
    """One thing that happened. `words` are whole sentences."""

    at: dt.datetime
    title: str
    words: list[str]
    total: Money
    """Of this sale alone: what the buyer gets or has asked for, or what the bank questions."""
    share: Money
    """How much of it is the seller's to bear; nothing for what was refused or won."""


def story_of(line: OrderLine) -> list[Chapter]:
    """Oldest first. `line` comes with its order."""
    refunds = line.refund_lines.select_related("refund").order_by("refund__number")
    cases = OrderDispute.objects.filter(order=line.order_id).select_related("dispute").order_by("pk")
    disputed = [(case, parts_of_case(case)[line.pk]) for case in cases if line.pk in parts_of_case(case)]
    currency = line.order.currency
    found = [_refund(row, currency) for row in refunds]
    found += [_dispute(case, Money(p.total, currency), Money(p.share, currency)) for case, p in disputed]
    return sorted(found, key=lambda chapter: chapter.at)


def share_left(line: OrderLine, story: list[Chapter]) -> Money:
    """What of the seller's share nobody has taken or holds."""
    return Money(line.seller_share_minor - sum(chapter.share.minor for chapter in story), line.order.currency)


def _refund(row: OrderRefundLine, currency: str) -> Chapter:
    refund, units = row.refund, len(row.positions)
    decided = refund.status in DECIDED
    title = _("Refund: %(state)s") % {"state": OrderRefund.Status(refund.status).label}
    if decided and not row.total_minor:  # after a lost dispute the money has gone already
        title = _("What was bought has ended")
    ended = ngettext("%(n)d ticket or license has ended.", "%(n)d tickets or licenses have ended.", units)
    asks = ngettext("It is about %(n)d ticket or license.", "It is about %(n)d tickets or licenses.", units)
    words = [_("By %(who)s.") % {"who": refund.get_asked_by_display()}]
    words += [(ended if decided else asks) % {"n": units}] if units else []
    words += [_("Reason: %(reason)s") % {"reason": refund.reason}] if refund.reason else []
    words += [_("Answer: %(answer)s") % {"answer": refund.answer}] if refund.answer else []
    share = Money(row.share_minor if decided else 0, currency)
    return Chapter(refund.decided_at or refund.created_at, title, words, Money(row.total_minor, currency), share)


def _dispute(case: OrderDispute, total: Money, share: Money) -> Chapter:
    nothing = Money(0, share.currency)
    if case.lost:
        words = _("The bank decided for the buyer: the sale is undone.")
        return Chapter(case.opened_at, _("Dispute: lost"), [words], total, share)
    if case.closed_at:
        words = _("It cost you nothing, and what was bought is valid again.")
        return Chapter(case.opened_at, _("Dispute: over"), [words], total, nothing)
    words = _("The buyer's bank questions the payment. Your share is set aside until it has decided.")
    return Chapter(case.opened_at, _("Dispute: open"), [words], total, share)
