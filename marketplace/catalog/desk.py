"""Rows as the panels show them: words for states, totals for groups."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from marketplace.catalog.figures import OfferFigures
from marketplace.catalog.terms import price_text
from marketplace.commerce.models import Offer

Text = str | Promise


@dataclass(frozen=True)
class State:
    """A word and its tone: good, warn, bad or plain."""

    label: Text
    tone: str = "plain"


@dataclass(frozen=True)
class OfferLine:
    """One offer with what the panel says of it."""

    offer: Offer
    price: str
    state: State
    figures: OfferFigures
    stopped: bool


def offer_line(offer: Offer, figures: OfferFigures, *, stopped: bool, blocked: Text) -> OfferLine:
    """`stopped` by hand; `blocked` says why the page or the date sells nothing, if so."""
    return OfferLine(offer, price_text(offer), _state(offer, figures, stopped, blocked), figures, stopped)


def _state(offer: Offer, figures: OfferFigures, stopped: bool, blocked: Text) -> State:
    if stopped:
        return State(_("Stopped"), "bad")
    if blocked:
        return State(blocked)
    match figures.state.state:
        case "on_sale":
            return State(_("On sale, hidden") if offer.hidden else _("On sale"), "good")
        case "not_yet" if offer.sales_start:
            return State(_("From %(day)s") % {"day": date_format(offer.sales_start, "j M")}, "warn")
        case "sold_out":
            return State(_("Sold out"), "warn")
        case "all_held":
            return State(_("All held"), "warn")
        case "ended":
            return State(_("Ended"))
        case _:
            return State(_("Not on sale"))
