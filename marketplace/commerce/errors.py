"""What commerce refuses, with stable codes."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import BadInput, Refusal


class QuantityInvalid(BadInput):
    code, message = "quantity_invalid", _("Write the quantity as a number, like 2.")


class AmountInvalid(BadInput):
    """Details: `offer_id`, `floor`."""

    code, message = "amount_invalid", _("Write the amount as a number, like 500.")


class SoldOut(Refusal):
    """Details: `offer_id`, `left`, `may_come_back` (others hold it and have not paid yet)."""

    code, message = "sold_out", _("Sold out.")


class SalesClosed(Refusal):
    """Not yet, no longer or not at all on sale. Details: `offer_id`."""

    code, message = "sales_closed", _("This is not on sale now.")


class LimitReached(Refusal):
    """More, or fewer, than one order, one cart or one visitor may have. Details: `limit`, sometimes `offer_id`."""

    code, message = "limit_reached", _("That is more than one order can take.")


class CurrencyMixed(Refusal):
    """Details: `cart`, `offer`: the two currencies."""

    code, message = "currency_mixed", _("One cart holds one currency.")


class HoldExpired(Refusal):
    """The time to pay is over and the stock is no longer ours to sell. Details: `names`, when some are gone."""

    code, message = "hold_expired", _("The time to pay has run out.")


class PriceChanged(Refusal):
    """What would be charged is not what the buyer saw. Details: `old`, `new` (text)."""

    code, message = "price_changed", _("A price has changed since you last looked.")


class CartChanged(Refusal):
    """The same total, but not the same things: changed in another window."""

    code, message = "cart_changed", _("Your cart has changed since you opened this page. Please look at it again.")


class CartEmpty(Refusal):
    code, message = "cart_empty", _("Your cart is empty.")


class AlreadyPaid(Refusal):
    code, message = "already_paid", _("This order is already paid.")


class OfferInvalid(Refusal):
    """Details: `errors`, a list of messages per field."""

    code, status, message = "offer_invalid", 422, _("This cannot be offered like that.")


class CapacityBelowSold(Refusal):
    """Details: `taken`: sold and held together, the least there can be."""

    code, message = "capacity_below_sold", _("More than that are sold or held already.")
