from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.ticketing.models import Ticket


class AttendeeForm(forms.Form):
    """Who comes with this ticket. The service judges; the form only keeps what was typed."""

    name = forms.CharField(
        label=_("Name on the ticket"),
        max_length=400,
        required=False,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )
    email = forms.CharField(
        label=_("Their e-mail address"),
        max_length=254,
        required=False,
        help_text=_("Only if the organizer should be able to reach them about the event."),
        widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "off"}),
    )

    @classmethod
    def of(cls, ticket: Ticket) -> "AttendeeForm":
        return cls(initial={"name": ticket.attendee_name, "email": ticket.attendee_email}, auto_id="attendee_%s")
