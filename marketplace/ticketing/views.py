"""A ticket's own pages. Whoever holds the link holds the ticket, so nothing here may be indexed or kept by a proxy."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from marketplace.catalog.images import POSTER, picture
from marketplace.commerce.refunds.rules import promise_of
from marketplace.core.errors import BadInput
from marketplace.core.limits import at_most
from marketplace.core.net import client_ip
from marketplace.events.models import EventPage
from marketplace.ticketing import presentation, printing, qr, services, words
from marketplace.ticketing.errors import AttendeeInvalid, TicketNotValid
from marketplace.ticketing.forms import AttendeeForm
from marketplace.ticketing.ics import calendar_of
from marketplace.ticketing.models import Ticket
from marketplace.ticketing.selectors import signing_keys, ticket_by_token
from marketplace.ticketing.standing import standing_of

View = Callable[..., HttpResponse]


def bearer(view: View) -> View:
    """For addresses that are themselves the key: not indexed, kept by nobody but the browser that asked."""

    @wraps(view)
    @cache_control(private=True, max_age=0, must_revalidate=True)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        response = view(request, ticket_by_token(token))
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guarded


@require_safe
@bearer
def page(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """The ticket as it stands today."""
    return _page(request, ticket, AttendeeForm.of(ticket))


@require_POST
@bearer
def attendee(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """Put another name on it; what was typed comes back when it cannot stand."""
    at_most(20, seconds=600, scope="attendee", who=f"{ticket.pk} {client_ip(request)}")
    form = AttendeeForm(request.POST, auto_id="attendee_%s")
    if not form.is_valid():
        return _page(request, ticket, form, status=400)
    try:
        services.edit_attendee(ticket_id=ticket.pk, name=form.cleaned_data["name"], email=form.cleaned_data["email"])
    except AttendeeInvalid as refusal:
        for field, text in refusal.details["errors"].items():
            form.add_error(field, text)
        return _page(request, ticket, form, status=refusal.status)
    messages.success(request, _("Saved. The ticket carries this name now."))
    return HttpResponseRedirect(presentation.address(ticket))


@require_safe
@bearer
def pdf(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """The ticket as a PDF, `?size=a4` or `?size=phone`."""
    size = request.GET.get("size", "a4")
    if size not in printing.SIZES:
        raise BadInput(_("There is no ticket of that size; ask for a4 or phone."))
    _require_door(ticket)
    response = HttpResponse(printing.tickets_pdf([ticket], size=size), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="ticket-{ticket.code}.pdf"'
    return response


@require_safe
@bearer
def calendar(_request: HttpRequest, ticket: Ticket) -> HttpResponse:
    response = HttpResponse(calendar_of(ticket), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="event-{ticket.code}.ics"'
    return response


@require_safe
@bearer
def qr_svg(_request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """Opened by itself it fills the screen: what to hold under a scanner."""
    _require_door(ticket)
    return HttpResponse(qr.svg(ticket.qr_text), content_type="image/svg+xml")


@require_safe
@bearer
def qr_png(_request: HttpRequest, ticket: Ticket) -> HttpResponse:
    _require_door(ticket)
    return HttpResponse(qr.png(ticket.qr_text), content_type="image/png")


@require_safe
@cache_control(public=True, max_age=300)
def keys(_request: HttpRequest) -> HttpResponse:
    """The public keys a door checks tickets with, as a JSON Web Key Set (RFC 7517, RFC 8037)."""
    listed = [
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "use": "sig",
            "kid": key.key_id,
            "x": urlsafe_b64encode(bytes.fromhex(key.public_hex)).rstrip(b"=").decode(),
            "signs_new_tickets": key.active,
        }
        for key in signing_keys()
    ]
    return JsonResponse({"keys": listed})


def _page(request: HttpRequest, ticket: Ticket, form: AttendeeForm, *, status: int = 200) -> HttpResponse:
    standing, date, line = standing_of(ticket), ticket.occurrence, ticket.order_line
    editable = ticket.status == Ticket.Status.VALID and standing.opens_doors and not date.started()
    context = {
        "ticket": presentation.card_of(ticket, own_page=True),
        "standing": standing,
        "notice_tone": {"bad": "error", "warn": "warning"}.get(standing.tone, "info"),
        "form": form if editable else None,
        "attendee_url": presentation.address(ticket, "attendee"),
        "pdf_url": "" if standing.over or not standing.opens_doors else presentation.address(ticket, "pdf"),
        "poster": picture(date.event.poster, POSTER),
        "online_url": date.event.online_url if standing.opens_doors and not standing.over else "",
        "facts": _facts(ticket),
        "event_url": line.offer.url,
    }
    return render(request, "pages/ticketing/ticket.html", context, status=status)


def _facts(ticket: Ticket) -> list[dict[str, str]]:
    """What one needs on the way and afterwards."""
    line, event = ticket.order_line, ticket.occurrence.event
    facts = [
        _way(event),
        {"icon": "person", "label": _("Organizer"), "value": line.seller_name},
        {"icon": "receipt", "label": _("Order"), "value": line.order.code},
        {"icon": "repeat", "label": _("Refunds"), "value": promise_of(line), "note": line.refund_policy},
    ]
    return [fact for fact in facts if fact["value"]]


def _way(event: EventPage) -> dict[str, str]:
    directions = event.venue.directions if event.venue and words.where_note(event) else ""
    way = {"icon": "pin", "label": _("Getting there"), "value": directions}
    if url := words.map_url(event):
        return {**way, "value": _("Open the map"), "url": url, "note": directions}
    return way


def _require_door(ticket: Ticket) -> None:
    if not standing_of(ticket).opens_doors:
        raise TicketNotValid(_("There is no code: this ticket is no longer valid, or its event was cancelled."))
