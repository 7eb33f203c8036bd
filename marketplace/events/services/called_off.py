"""A date that does not take place as it was sold: its sellers' money waits, and its buyers wait for an answer."""

import datetime as dt

from django.utils.translation import gettext as _

from marketplace.commerce.models import BulkRefund, OrderLine
from marketplace.commerce.services import CalledOff, draft_bulk_refund, hold_money, let_go_money
from marketplace.events.models import EventPage, Occurrence, TicketType

Status, Cause = Occurrence.Status, BulkRefund.Cause
SUBJECT = "date:"


def offers_of(date: Occurrence) -> list[int]:
    """Everything that was ever sold for it."""
    return sorted(set(TicketType.objects.filter(occurrence=date).values_list("offer_id", flat=True)))


def subject_of(date: Occurrence) -> str:
    """What its bulk refunds are about."""
    return f"{SUBJECT}{date.pk}"


def is_off(date: Occurrence) -> bool:
    """Does it not take place for now, by itself or because its event does not?"""
    return date.status not in Occurrence.OPEN or not date.event.takes_place


def can_refund(date: Occurrence) -> bool:
    """Is it, or its event, called off, put off or moved? Otherwise its orders are given back one by one."""
    return date.status != Status.SCHEDULED or is_off(date)


def called_off(date: Occurrence) -> CalledOff:
    """As its buyers know it: by the moment they were promised, and the new one if there is one."""
    offers = offers_of(date)
    cancelled = date.status == Status.CANCELLED or date.event.state == EventPage.State.CANCELLED
    new = date.start if date.status == Status.MOVED and not cancelled else None
    return CalledOff(
        subject=subject_of(date), seller_id=date.event.seller_id, title=date.event.title,
        takes_place=_promised(offers, new) or date.start, zone=date.event.timezone,
        cause=Cause.CANCELLED if cancelled else Cause.POSTPONED, offer_ids=offers, new_date=new,
    )  # fmt: skip


def date_of(bulk: BulkRefund) -> int | None:
    """The date a bulk refund is about."""
    kind, _colon, number = bulk.subject.partition(":")
    return int(number) if f"{kind}:" == SUBJECT and number.isdecimal() else None


def hold_for(date: Occurrence) -> None:
    """Nothing of it is paid out, and a bulk refund waits to be decided. In the transaction that closes the date."""
    what = called_off(date)
    reason = _("This date was cancelled.") if what.cause == Cause.CANCELLED else _("This date was postponed.")
    hold_money(offer_ids=what.offer_ids, reason=reason)
    draft_bulk_refund(what=what)


def follow_date(date: Occurrence) -> None:
    """It takes place, perhaps at another time: the money is released so many days after that."""
    let_go_money(offer_ids=offers_of(date), service_date=date.start)


def _promised(offers: list[int], new: dt.datetime | None) -> dt.datetime | None:
    """The latest moment anybody who bought was promised, the new one aside."""
    if new is None:
        return None
    lines = OrderLine.objects.filter(offer__in=offers, service_date__isnull=False).exclude(service_date=new)
    last: dt.datetime | None = lines.order_by("-pk").values_list("service_date", flat=True).first()
    return last
