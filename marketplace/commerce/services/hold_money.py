"""Whether sellers get the money of what they sold, when that is called off or put off."""

import datetime as dt
from collections.abc import Iterable

from marketplace.commerce.bulk.orders import sold_lines
from marketplace.payouts.models import Earning
from marketplace.payouts.services import hold_earnings, let_go_earnings, postpone_release


def hold_money(*, offer_ids: Iterable[int], reason: str) -> int:
    """Nothing of it is released to its sellers for now. Idempotent. Returns how many sales."""
    return hold_earnings(line_ids=_lines(offer_ids), reason=reason)


def let_go_money(*, offer_ids: Iterable[int], service_date: dt.datetime) -> int:
    """It takes place after all, or at another time: released so many days after that. Returns how many sales."""
    line_ids = _lines(offer_ids)
    let_go_earnings(line_ids=line_ids)
    return postpone_release(line_ids=line_ids, service_date=service_date)


def held_offers(*, offer_ids: Iterable[int]) -> list[int]:
    """Those of which something waits because it was called off."""
    held = Earning.objects.exclude(held_reason="").values("line_id")
    return list(sold_lines(offer_ids).filter(pk__in=held).values_list("offer_id", flat=True).order_by().distinct())


def _lines(offer_ids: Iterable[int]) -> list[int]:
    return list(sold_lines(offer_ids).values_list("pk", flat=True))
