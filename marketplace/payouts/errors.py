"""Refusals of the payouts room."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.countries import country_name
from marketplace.core.errors import Refusal


class OverReturned(Refusal):
    """A refund or dispute wants more of a seller's share than is left of it."""

    code, message = "over_returned", _("More of this sale would be taken back than is left of it.")


class NoEarning(Refusal):
    """A share is taken back of a line that never earned anything."""

    code, message = "no_earning", _("This sale has no earning to take from.")


class NoStripeThere(Refusal):
    """Stripe opens no accounts for sellers of this country. Details: `country`."""

    code = "no_stripe_there"

    def __init__(self, *, country: str) -> None:
        words = _("Stripe opens no accounts for sellers in %(country)s. Choose M-Pesa or a bank account instead.")
        super().__init__(words % {"country": country_name(country)}, country=country)


class VerificationClosed(Refusal):
    """Someone is looking at the application, or it was approved: what they look at does not change under them."""

    code = "verification_closed"
    message = _("The application is being looked at, or was approved: it cannot be changed now.")


class DocumentTooLarge(Refusal):
    code, status, message = (
        "document_too_large",
        413,
        _("The file is larger than 8 MB. Make it smaller."),
    )


class DocumentUnreadable(Refusal):
    """By what is in it, not by its name."""

    code, status = "document_unreadable", 422
    message = _("This is neither a PDF nor a JPEG nor a PNG file.")


class DocumentsFull(Refusal):
    code, message = "documents_full", _("There are 20 papers already. Remove one first.")


class DestinationInvalid(Refusal):
    """Money cannot go there, by the rail's own rules."""

    code, status, message = "destination_invalid", 400, _("Money cannot be sent there. Please check what you typed.")


class NotWaiting(Refusal):
    """The payout or application is past the point where this can be decided."""

    code, message = "not_waiting", _("This was decided already, or cannot be decided now.")


class ReasonNeeded(Refusal):
    """The seller reads it; so does whoever asks later."""

    code, status, message = "reason_needed", 400, _("Please give a reason: the seller sees it.")


class OwnPayout(Refusal):
    """Nobody lets money go to themselves, nor what they proposed."""

    code, status = "own_payout", 403
    message = _("You proposed this or act for this seller: somebody else must decide.")


class SecondPersonNeeded(Refusal):
    """Four eyes: a large payout needs two different people."""

    code, status, message = "second_person_needed", 403, _("You approved this already: a second person must agree.")


class RunUnderWay(Refusal):
    """One run at a time is enough: the second would find nobody left."""

    code, message = "run_under_way", _("A run is under way already. Wait until it has ended.")
