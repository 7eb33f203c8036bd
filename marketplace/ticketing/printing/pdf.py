"""Tickets on paper and in a phone's file folder."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.images.models import AbstractImage, SourceImageIOError

from marketplace.catalog.images import SHARING
from marketplace.commerce.refunds.rules import promise_of
from marketplace.core.conf import site_url
from marketplace.core.paper import typeset
from marketplace.ticketing import qr
from marketplace.ticketing.models import Ticket
from marketplace.ticketing.presentation import facts_of, public_address
from marketplace.ticketing.standing import standing_of

HERE = Path(__file__).parent
SIZES = ("a4", "phone")


def tickets_pdf(tickets: Sequence[Ticket], *, size: str) -> bytes:
    """One page a ticket. `size` is `a4`, or `phone`: as wide as a screen and as long as it needs to be.

    The tickets belong to one event; they come with everything `selectors.whole_tickets` fetches.
    """
    with tempfile.TemporaryDirectory(prefix="ticket-") as folder:
        poster = _save_poster(tickets[0].occurrence.event.poster, Path(folder) / "poster.jpg")
        data = {
            "size": size,
            "lang": (get_language() or "en").split("-")[0],
            "poster": poster,
            "site": {"name": "Sokoni", "host": site_url().partition("://")[2]},
            "labels": _labels(),
            "tickets": [_page(ticket) for ticket in tickets],
        }
        return typeset(HERE / "ticket.typ", data, folder=folder)


def _page(ticket: Ticket) -> dict[str, Any]:
    facts, line = facts_of(ticket), ticket.order_line
    opens_doors = standing_of(ticket).opens_doors
    return {
        **{name: facts[name] for name in ("event", "when", "when_note", "where", "where_note", "type", "position")},
        "holder": facts["holder"],
        "code": facts["code"],
        "status": "" if facts["status"]["tone"] == "good" else facts["status"]["label"],
        "qr": qr.svg(ticket.qr_text) if opens_doors else "",
        "qr_alt": _("QR code of ticket %(code)s") % {"code": facts["code"]},
        "order": line.order.code,
        "seller": line.seller_name,
        "policy": Truncator(f"{promise_of(line)} {line.refund_policy}".strip()).chars(600),
        "link": public_address(ticket),
    }


def _labels() -> dict[str, str]:
    return {
        "when": _("When"),
        "where": _("Where"),
        "ticket": _("Ticket"),
        "holder": _("For"),
        "order": _("Order"),
        "seller": _("Organizer"),
        "policy": _("Refunds"),
        "show": _("Show this code at the door, on paper or on the screen. One code lets one person in, once."),
        "online": _("Your ticket on the web"),
        "poster": _("Poster of the event"),
        "title": _("Ticket"),
    }


def _save_poster(image: AbstractImage | None, target: Path) -> bool:
    """Put the poster where the template finds it. A missing picture is no reason to go without a ticket."""
    if image is None:
        return False
    try:
        with image.get_rendition(SHARING.specs()[0]).file.open("rb") as picture:
            target.write_bytes(picture.read())
    except (SourceImageIOError, OSError):
        return False
    return True
