"""A ticket as plain values for the `ticket_card` component, the mail and the PDF."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.core.conf import site_url
from marketplace.ticketing import words
from marketplace.ticketing.models import Ticket
from marketplace.ticketing.standing import POSTPONED, Standing, standing_of


def address(ticket: Ticket, name: str = "ticket") -> str:
    """Path of one of the ticket's addresses: ticket, pdf, calendar, qr_svg, qr_png, attendee."""
    return reverse(f"ticketing:{name}", kwargs={"token": ticket.token})


def public_address(ticket: Ticket, name: str = "ticket") -> str:
    """The same with scheme and host, for mails, PDFs and calendars."""
    return site_url() + address(ticket, name)


def facts_of(ticket: Ticket) -> dict[str, Any]:
    """What a ticket says wherever it is shown. The names are the order's own copy: what was bought."""
    line, date = ticket.order_line, ticket.occurrence
    standing = standing_of(ticket)
    undated = standing == POSTPONED
    return {
        "event": line.title,
        "when": _("New date to follow") if undated else words.when(date),
        "when_iso": "" if undated else words.when_iso(date),
        "when_note": _("Was planned for %(date)s") % {"date": words.when(date)} if undated else words.when_note(date),
        "where": words.where(date.event),
        "where_note": words.where_note(date.event),
        "type": line.name,
        "position": _("Ticket %(number)s of %(count)s") % {"number": ticket.position, "count": line.quantity},
        "holder": ticket.attendee_name,
        "code": grouped(ticket.code),
        "status": status_of(standing),
        "over": standing.over,
    }


def status_of(standing: Standing) -> dict[str, str]:
    return {"label": str(standing.label), "tone": standing.tone, "icon": standing.icon}


def grouped(code: str) -> str:
    """`7KQM3 XPA2F`: two halves are easier to read aloud than ten characters."""
    return f"{code[:5]} {code[5:]}"


def card_of(ticket: Ticket, *, own_page: bool = False) -> dict[str, Any]:
    """For `components/ticket_card`. On its own page the ticket leads nowhere, and files stand beside it."""
    facts = facts_of(ticket)
    if own_page:
        return {**facts, "qr": _qr(ticket, facts), "actions": _here(ticket, facts)}
    return {**facts, "url": address(ticket), "qr": _qr(ticket, facts), "actions": _elsewhere(ticket, facts)}


def _qr(ticket: Ticket, facts: dict[str, Any]) -> dict[str, Any] | None:
    if not standing_of(ticket).opens_doors:
        return None
    return {
        "src": address(ticket, "qr_svg"),
        "alt": _("QR code of ticket %(code)s") % {"code": facts["code"]},
        "code": facts["code"],
        "note": "" if facts["over"] else _("Show this at the door"),
    }


def _here(ticket: Ticket, facts: dict[str, Any]) -> list[dict[str, Any]]:
    if not standing_of(ticket).opens_doors or facts["over"]:
        return []
    screen = {"label": _("Code full screen"), "url": address(ticket, "qr_svg"), "icon": "eye", "variant": "ink"}
    return [screen, *_calendar(ticket, facts)]


def _elsewhere(ticket: Ticket, facts: dict[str, Any]) -> list[dict[str, Any]]:
    if not standing_of(ticket).opens_doors or facts["over"]:
        return []
    pdf = {"label": _("PDF"), "url": address(ticket, "pdf"), "icon": "download", "download": True}
    return [pdf, *_calendar(ticket, facts)]


def _calendar(ticket: Ticket, facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Nothing to put into a calendar while there is no date."""
    entry = {"label": _("Add to calendar"), "url": address(ticket, "calendar"), "icon": "calendar"}
    return [entry] if facts["when_iso"] else []
