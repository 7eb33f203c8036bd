from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from marketplace.catalog.forms import FieldSet, OfferForm
from marketplace.catalog.forms.offer_form import OWN, SHARED, UNLIMITED
from marketplace.catalog.services.put_offer import own_pool
from marketplace.catalog.terms import Stock
from marketplace.commerce.models import StockPool
from marketplace.events.models import Occurrence, TicketType

LIMITS = [(OWN, _("So many")), (SHARED, _("Shared with another ticket")), (UNLIMITED, _("No limit of its own"))]


class TicketForm(OfferForm):
    """A kind of ticket, for one date or, when it is added, for several at once."""

    dates = forms.MultipleChoiceField(label=_("For which dates"), widget=forms.CheckboxSelectMultiple)
    limit = forms.ChoiceField(label=_("How many there are"), choices=LIMITS)
    shared_with = forms.ChoiceField(
        label=_("Shares its number with"),
        required=False,
        help_text=_("Both are sold from the same number until it is used up."),
    )
    whole = forms.BooleanField(
        label=_("Counts toward the whole venue"),
        required=False,
        initial=True,
        help_text=_("Sold out as soon as the venue is full, whatever is left of its own number."),
    )

    sets: ClassVar[tuple[FieldSet, ...]] = (
        FieldSet(_("Dates"), ("dates",)),
        *OfferForm.sets[:3],
        FieldSet(_("Stock"), ("limit", "capacity", "shared_with", "whole")),
        *OfferForm.sets[4:],
    )
    show_when = {**OfferForm.show_when, "shared_with": "limit=shared", "capacity": "limit=own,shared"}

    def __init__(
        self, *args: Any, occurrences: Sequence[Occurrence], ticket: TicketType | None = None, **kwargs: Any
    ) -> None:
        """`occurrences`: the dates to choose from; with a ticket just its own."""
        self.occurrences, self.ticket = list(occurrences), ticket
        super().__init__(*args, **kwargs)
        if ticket is not None:
            del self.fields["dates"]
        else:
            self._offer_dates()
        self._offer_sharing()
        if not any(row.capacity_pool_id for row in self.occurrences):
            del self.fields["whole"]
        self.fields["sales_end"].help_text = _("Empty: when the date starts. %(clock)s") % {
            "clock": self.fields["sales_end"].help_text
        }

    def _offer_dates(self) -> None:
        field: Any = self.fields["dates"]
        field.choices = [(str(row.pk), date_label(row)) for row in self.occurrences]
        if len(self.occurrences) == 1:
            self.initial.setdefault("dates", [str(self.occurrences[0].pk)])

    def _offer_sharing(self) -> None:
        names = sorted({row.name for row in self._neighbors()})
        field: Any = self.fields["shared_with"]
        limit: Any = self.fields["limit"]
        field.choices = [(name, name) for name in names]
        if not names:
            del self.fields["shared_with"]
            limit.choices = [choice for choice in LIMITS if choice[0] != SHARED]
        elif self.ticket is not None and self.pool is not None:
            other = next((row for row in self._neighbors() if row.offer_id in _users(self.pool)), None)
            if other is not None:
                self.initial.update({"limit": SHARED, "shared_with": other.name})

    def _neighbors(self) -> list[TicketType]:
        """Tickets whose number this one could share: of the same dates, with a number of their own."""
        if not hasattr(self, "_found"):
            rows = TicketType.objects.filter(occurrence__in=self.occurrences).select_related("offer", "occurrence")
            others = rows.exclude(offer=self.ticket.offer_id) if self.ticket else rows
            self._found = [row for row in others if own_pool(row.offer, whole_id=row.occurrence.capacity_pool_id)]
        return self._found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("limit") == SHARED and "shared_with" in self.fields:
            name, chosen = cleaned.get("shared_with"), self.chosen()
            missing = [row for row in chosen if self._shared(row, str(name)) is None]
            if not name or missing:
                text = _("There is no such ticket with a number on %(date)s.")
                self.add_error("shared_with", text % {"date": date_label(missing[0])} if missing else _("Which one?"))
        return cleaned

    def chosen(self) -> list[Occurrence]:
        """The dates it is for."""
        if self.ticket is not None:
            return self.occurrences
        wanted = set(self.cleaned_data.get("dates") or ())
        return [row for row in self.occurrences if str(row.pk) in wanted]

    def stock_on(self, row: Occurrence) -> Stock:
        """What the ticket draws on at one of its dates. Only of a valid form."""
        data = self.cleaned_data
        limit = data["limit"]
        return Stock(
            capacity=None if limit == UNLIMITED else data["capacity"],
            shared=self._shared(row, data["shared_with"]) if limit == SHARED else None,
            whole=row.capacity_pool if data.get("whole") else None,
        )

    def _shared(self, row: Occurrence, name: str) -> StockPool | None:
        for other in self._neighbors():
            if other.occurrence_id == row.pk and other.name == name:
                return own_pool(other.offer, whole_id=row.capacity_pool_id)
        return None


def _users(pool: StockPool) -> set[int]:
    return set(pool.offer_links.values_list("offer_id", flat=True))


def date_label(row: Occurrence) -> str:
    """A date in a list of dates."""
    text = date_format(row.local(row.start), "D j M Y, H:i")
    return f"{text} · {row.note}" if row.note else text
