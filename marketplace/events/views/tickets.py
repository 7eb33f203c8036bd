"""Dialogs about ticket types."""

from typing import Any

from django.db import transaction
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from marketplace.catalog.services.put_offer import own_pool
from marketplace.core import clock
from marketplace.events.forms import TicketForm
from marketplace.events.models import Occurrence, TicketType
from marketplace.events.services import (
    add_ticket_type,
    change_ticket_type,
    delete_ticket_type,
    resume_ticket_sales,
    stop_ticket_sales,
)
from marketplace.events.views.base import EventDialog, TicketDialog
from marketplace.events.zones import zone


class AddTicket(EventDialog):
    """For one date (`?date=`) or for several at once: each gets a row, an offer and stock of its own."""

    title = gettext_lazy("Add a ticket type")
    submit = gettext_lazy("Add ticket type")

    @cached_property
    def dates(self) -> list[Occurrence]:
        rows = self.page.occurrences.select_related("event__seller", "capacity_pool")
        coming = rows.exclude(status=Occurrence.Status.CANCELLED).filter(start__gt=clock.now())
        return list(coming)

    def explanation(self) -> str:
        return "" if self.dates else _("Add a date first: there is none to come.")

    def form(self, *args: Any, **kwargs: Any) -> TicketForm:
        last = TicketType.objects.filter(occurrence__event=self.page).order_by("-pk").select_related("offer").first()
        return TicketForm(
            *args,
            occurrences=self.dates,
            zone=zone(self.page.timezone),
            seller=self.page.seller,
            currency=last.offer.currency if last else "",
            initial={"dates": self.request.GET.getlist("date")},
            **kwargs,
        )

    def perform(self, form: TicketForm) -> str:
        data, chosen = form.cleaned_data, form.chosen()
        with transaction.atomic():
            for date in chosen:
                add_ticket_type(
                    occurrence=date,
                    name=data["name"],
                    terms=form.terms(),
                    stock=form.stock_on(date),
                    description=data["description"],
                    sort_order=data["sort_order"],
                    actor_id=self.actor_id,
                )
        words = ngettext("Ticket type added to %(count)d date.", "Ticket type added to %(count)d dates.", len(chosen))
        return words % {"count": len(chosen)}


class EditTicket(TicketDialog):
    submit = gettext_lazy("Save ticket type")

    def heading(self) -> str:
        return _("Edit %(name)s") % {"name": self.ticket.name}

    def form(self, *args: Any, **kwargs: Any) -> TicketForm:
        ticket, date = self.ticket, self.ticket.occurrence
        whole = date.capacity_pool_id
        initial = {
            "name": ticket.name,
            "description": ticket.description,
            "sort_order": ticket.sort_order,
            "sales_end": None if ticket.offer.sales_end == date.start else ticket.offer.sales_end,
            "whole": whole is not None and ticket.offer.pool_links.filter(pool=whole).exists(),
        }
        return TicketForm(
            *args,
            occurrences=[date],
            ticket=ticket,
            zone=zone(self.page.timezone),
            seller=ticket.offer.seller,
            offer=ticket.offer,
            pool=own_pool(ticket.offer, whole_id=whole),
            initial=initial,
            **kwargs,
        )

    def perform(self, form: TicketForm) -> str:
        data = form.cleaned_data
        change_ticket_type(
            ticket_type_id=self.ticket.pk,
            name=data["name"],
            terms=form.terms(),
            stock=form.stock_on(self.ticket.occurrence),
            description=data["description"],
            sort_order=data["sort_order"],
            actor_id=self.actor_id,
        )
        return _("Ticket type saved.")


class StopTicket(TicketDialog):
    submit = gettext_lazy("Stop sales")
    text = gettext_lazy("At once, for everybody, until you resume. Carts that hold it are told at checkout.")

    def heading(self) -> str:
        return _("Stop sales of %(name)s?") % {"name": self.ticket.name}

    def perform(self, form: Any) -> str:
        stop_ticket_sales(ticket_type=self.ticket, actor_id=self.actor_id)
        return _("Sales stopped.")


class ResumeTicket(TicketDialog):
    submit = gettext_lazy("Resume sales")
    text = gettext_lazy("Within its sales window, as long as its page is published and its date takes place.")

    def heading(self) -> str:
        return _("Resume sales of %(name)s?") % {"name": self.ticket.name}

    def perform(self, form: Any) -> str:
        resume_ticket_sales(ticket_type=self.ticket, actor_id=self.actor_id)
        return _("Sales resumed.")


class DeleteTicket(TicketDialog):
    submit = gettext_lazy("Delete ticket type")
    danger = True
    text = gettext_lazy("Only possible while nobody has ordered it. Otherwise stop its sales.")

    def heading(self) -> str:
        return _("Delete %(name)s?") % {"name": self.ticket.name}

    def perform(self, form: Any) -> str:
        delete_ticket_type(ticket_type=self.ticket, actor_id=self.actor_id)
        return _("Ticket type deleted.")
