"""An offer as a row of a ticket or plan picker: its price, what can be bought of it, and why not."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.commerce.models import Offer
from marketplace.commerce.selectors import Availability
from marketplace.core.money import Money
from marketplace.sellers.models import Seller

FEW = 10
"""So many or fewer are worth a word, whatever the size of the room."""


def offer_row(offer: Offer, state: Availability, *, opens: str) -> dict[str, Any]:
    """Shared by both pickers. `opens` says when sales start ("Friday, 09:00"); used only while they have not."""
    return {
        "offer_id": offer.pk,
        "state": state.state,
        "price": price(offer, state),
        "price_note": price_note(offer, state),
        "left_note": left_note(state),
        "state_note": state_note(state, opens),
        "amount": amount(offer, state) if offer.pricing == Offer.Pricing.PAY_WHAT_YOU_WANT else None,
    }


def price(offer: Offer, state: Availability) -> str:
    """All-in, as the buyer will pay."""
    if offer.pricing == Offer.Pricing.PAY_WHAT_YOU_WANT:
        return _("from %(price)s") % {"price": state.price} if state.price else _("Pay what you want")
    return str(state.price) if state.price else _("Free")


def price_note(offer: Offer, state: Availability) -> str:
    """Says that nothing is added later, where something was."""
    passed_on = offer.seller.fee_mode == Seller.FeeMode.PASSED_ON
    return _("all fees included") if passed_on and state.price and state.price != offer.price else ""


def left_note(state: Availability) -> str:
    """How few are left, once it is few."""
    if state.left is None or state.left > FEW or state.state != "on_sale":
        return ""
    return ngettext("Only %(n)d left", "Only %(n)d left", state.left) % {"n": state.left}


def state_note(state: Availability, opens: str) -> str:
    """Why it cannot be bought now, and what may change that."""
    return {
        "not_yet": _("On sale %(moment)s") % {"moment": opens} if opens else _("Not on sale yet"),
        "all_held": _("Others are paying for the last ones. Some may come back in a few minutes."),
        "stopped": _("Not on sale at the moment."),
        "ended": _("Sales have ended."),
    }.get(state.state, "")


def amount(offer: Offer, state: Availability) -> dict[str, str]:
    """The field in which a buyer names the price."""
    suggested = Money(offer.suggested_minor, offer.currency) if offer.suggested_minor else None
    floor = _("%(price)s or more.") % {"price": state.price} if state.price else _("Any amount, also nothing.")
    hint = _("We suggest %(price)s.") % {"price": suggested} if suggested else ""
    return {
        "name": f"amount-{offer.pk}",
        "label": _("Your price for each"),
        "currency": offer.currency,
        "value": f"{suggested.decimal().normalize():f}" if suggested else "",
        "help": f"{floor} {hint}".strip(),
    }


def quantities(state: Availability) -> list[int]:
    """What the buyer may choose: none, or from the least to the most one order takes."""
    return [0, *range(max(state.min_quantity, 1), state.max_quantity + 1)]
