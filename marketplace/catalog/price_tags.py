"""What a listing says about the price of a thing that has several offers. Pure: it is given what commerce found out."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from marketplace.commerce.models import Offer
from marketplace.commerce.selectors import Availability
from marketplace.core.money import Money

FEW_PERCENT, FEW_AT_LEAST = 10, 10
"""What is left is called few below a tenth of all, or below ten."""


@dataclass(frozen=True)
class PriceTag:
    """The cheapest way in, and how urgent it is."""

    price_from: Money | None = None
    price_note: str | Promise = ""
    left_note: str | Promise = ""
    on_sale: bool = False
    sold_out: bool = False


def price_tag(found: Iterable[tuple[Offer, Availability]]) -> PriceTag:
    """Sum up the visible offers of one page. Hidden ones are nobody's business who has no link to them."""
    visible = [(offer, state) for offer, state in found if not offer.hidden]
    open_ = [pair for pair in visible if pair[1].state == "on_sale"]
    if open_:
        return _on_sale(open_)
    states = {state.state for _offer, state in visible}
    if "all_held" in states:
        return PriceTag(left_note=_("All in other carts just now"))
    if "not_yet" in states:
        return _not_yet([pair for pair in visible if pair[1].state == "not_yet"])
    return PriceTag(sold_out="sold_out" in states)


def _on_sale(open_: list[tuple[Offer, Availability]]) -> PriceTag:
    currency = open_[0][0].currency
    offer, cheapest = min(
        (pair for pair in open_ if pair[0].currency == currency), key=lambda pair: pair[1].price.minor
    )
    note = _("pay what you want") if offer.pricing == Offer.Pricing.PAY_WHAT_YOU_WANT else ""
    return PriceTag(price_from=cheapest.price, price_note=note, left_note=_few([s for _o, s in open_]), on_sale=True)


def _not_yet(coming: list[tuple[Offer, Availability]]) -> PriceTag:
    _offer, state = min(coming, key=lambda pair: pair[1].price.minor)
    starts = [each.sales_start for each, _state in coming if each.sales_start]
    if not starts:
        return PriceTag(price_from=state.price)
    day = date_format(timezone.localtime(min(starts)), "j M")
    return PriceTag(price_from=state.price, price_note=_("on sale from %(day)s") % {"day": day})


def _few(states: list[Availability]) -> str:
    """No number: offers may share a pool, and a wrong number is worse than none."""
    if any(state.left is None for state in states):
        return ""
    left = sum(state.left or 0 for state in states)
    capacity = sum(state.capacity or 0 for state in states)
    return _("Few left") if left <= max(FEW_AT_LEAST, capacity * FEW_PERCENT // 100) else ""
