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


class NotPaid(Refusal):
    code, message = "not_paid", _("This order was not paid, so there is nothing to give back.")


class NothingLeft(Refusal):
    """More is asked for than is left of a line. Details: `left_minor`."""

    code, message = "nothing_left", _("That is more than is left of this line.")


class UnitsGone(Refusal):
    """One of the chosen tickets or licenses has ended already, or does not exist."""

    code, message = "units_gone", _("Some of these have ended already. Please look again.")


class RefundChanged(Refusal):
    """Another refund of the order was decided since the page was opened."""

    code, message = "refund_changed", _("This order has changed since you opened the page. Please look again.")


class BalanceTooSmall(Refusal):
    """What a seller gives back by themselves is never borne by us."""

    code = "balance_too_small"
    message = _("Your balance does not cover this refund. Ask the marketplace: it can pay it in advance.")


class RefundDecided(Refusal):
    code, message = "refund_decided", _("This request was decided already.")


class RefundNotPossible(Refusal):
    """Nothing that may be asked for is left."""

    code, message = "refund_not_possible", _("Nothing of this order can be refunded any more.")


class BulkUnderWay(Refusal):
    """Another bulk refund of the same thing has not come to its end."""

    code, message = "bulk_under_way", _("Its buyers are being dealt with already. Wait until that is done.")


class NobodyWaits(Refusal):
    code, message = "nobody_waits", _("Nobody has anything left of it, so there is nobody to give back to.")


class WindowInvalid(Refusal):
    """Keeping what was bought valid needs a last moment to change one's mind, and something that still takes place."""

    code, message = "window_invalid", _("Say until when buyers may ask for their money: a moment still to come.")


class ReviewResolved(Refusal):
    code, message = "review_resolved", _("This was decided already.")


class CannotApply(Refusal):
    """What was ordered cannot be taken again."""

    code, message = "cannot_apply", _("What was ordered is gone. Give the money back instead.")


class NotAChoice(Refusal):
    """The payment or the order moved on since the review was looked at."""

    code, message = "not_a_choice", _("That can no longer be done about it. Load the page again and see what can.")
