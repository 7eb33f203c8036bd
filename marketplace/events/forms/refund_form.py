import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.commerce.models import BulkRefund
from marketplace.commerce.services import Decision
from marketplace.core import clock

Act = BulkRefund.Act
CHOICES = [
    (Act.KEEP, _("Tickets stay valid; whoever asks in time gets the money back")),
    (Act.REFUND, _("Refund everybody; the tickets end")),
]
WINDOW = dt.timedelta(days=14)


class RefundDateForm(forms.Form):
    """What the buyers get, what they are told, and the proof that this was read: the number of orders, or the name."""

    act = forms.ChoiceField(label=_("What buyers get"), choices=CHOICES, widget=forms.RadioSelect, initial=Act.KEEP)
    until = forms.DateTimeField(
        label=_("They may ask until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("With tickets that stay valid. On the event's clock."),
    )
    message = forms.CharField(
        label=_("Message to the buyers"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Optional, plain text: part of the one mail each of them gets."),
    )
    typed = forms.CharField(label="", max_length=255, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, zone: dt.tzinfo, cancelled: bool, orders: int, title: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone, self.answers = zone, {str(orders), title.strip().casefold()}
        words = _("To confirm, type the number of orders (%(orders)d) or the name of the event")
        self.fields["typed"].label = words % {"orders": orders}
        if cancelled:
            del self.fields["act"], self.fields["until"]
        else:
            until = (clock.now() + WINDOW).astimezone(zone)
            self.fields["until"].initial = until.replace(hour=23, minute=59, second=0, microsecond=0, tzinfo=None)

    def clean_until(self) -> dt.datetime | None:
        """Typed on the event's clock, whatever the editor's own."""
        found: dt.datetime | None = self.cleaned_data["until"]
        return found.replace(tzinfo=self.zone) if found else None

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"].strip()
        if typed.casefold() not in self.answers:
            raise forms.ValidationError(_("That is neither the number of orders nor the name of the event."))
        return typed

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("act") == Act.KEEP and not (data.get("until") and data["until"] > clock.now()):
            self.add_error("until", _("Choose a moment still to come."))
        return data

    def decision(self) -> Decision:
        data = self.cleaned_data
        return Decision(data.get("act", Act.REFUND), data.get("until"), data["message"])
