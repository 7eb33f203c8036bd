"""How things stand with a ticket today: what its holder must know first."""

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.core import clock
from marketplace.events.models import EventPage, Occurrence
from marketplace.ticketing.models import Ticket

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Standing:
    """`code` is stable; `tone` and `icon` are the design system's. `over`: there is nothing left to go to."""

    code: str
    label: Text
    tone: str
    icon: str = ""
    title: Text = ""
    text: Text = ""
    over: bool = False
    opens_doors: bool = True
    """The QR code is shown, and so is the online link."""


VALID = Standing("valid", _("Valid"), "good", "check")
VOID = Standing(
    "void",
    _("Not valid"),
    "bad",
    "cross",
    _("This ticket is not valid any more"),
    _("It was refunded or withdrawn, so it will not be accepted at the door."),
    over=True,
    opens_doors=False,
)
SUSPENDED = Standing(
    "suspended",
    _("Suspended"),
    "warn",
    "warning",
    _("This ticket is suspended"),
    _("The payer's bank is questioning the payment. The ticket opens no door until that is settled."),
    opens_doors=False,
)
CANCELLED = Standing(
    "cancelled",
    _("Event cancelled"),
    "bad",
    "cross",
    _("This event was cancelled"),
    _("It will not take place. Keep your order number: you need it when you ask about a refund."),
    over=True,
    opens_doors=False,
)
USED = Standing("used", _("Used"), "neutral", "check", over=True)
POSTPONED = Standing(
    "postponed",
    _("Postponed"),
    "warn",
    "clock",
    _("This event was postponed"),
    _("Your ticket stays valid. The new date will stand here as soon as the organizer sets it."),
)
PAST = Standing("past", _("Over"), "neutral", "", over=True)
MOVED = Standing(
    "moved",
    _("New date"),
    "warn",
    "calendar",
    _("The date has changed"),
    _("Your ticket is valid on the date below. An entry you made in your calendar may still show the old one."),
)


def standing_of(ticket: Ticket, now: dt.datetime | None = None) -> Standing:
    """The most important truth about the ticket; later ones do not matter while an earlier one holds."""
    date = ticket.occurrence
    truths = (
        (ticket.status == Ticket.Status.VOID, VOID),
        (is_cancelled(date), CANCELLED),
        (ticket.status == Ticket.Status.SUSPENDED, SUSPENDED),
        (ticket.status == Ticket.Status.USED, USED),
        (is_postponed(date), POSTPONED),
        (date.end <= (now or clock.now()), PAST),
        (date.status == Occurrence.Status.MOVED, MOVED),
    )
    return next((standing for holds, standing in truths if holds), VALID)


def is_cancelled(date: Occurrence) -> bool:
    return date.status == Occurrence.Status.CANCELLED or date.event.state == EventPage.State.CANCELLED


def is_postponed(date: Occurrence) -> bool:
    return date.status == Occurrence.Status.POSTPONED or date.event.state == EventPage.State.POSTPONED
