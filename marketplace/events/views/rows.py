from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from marketplace.catalog.policy import require_rows
from marketplace.events.bulk_rights import MAY
from marketplace.events.desk import event_desk
from marketplace.events.models import EventPage, TicketType


def rows(request: HttpRequest, page_id: int) -> HttpResponse:
    """Dates and tickets with figures of this moment, for the panel's script."""
    page = get_object_or_404(EventPage, pk=page_id)
    require_rows(request.user, page, TicketType)
    found = {**event_desk(page), "may_refund": request.user.has_perm(MAY)}
    return TemplateResponse(request, "events/admin/dates.html", found)
