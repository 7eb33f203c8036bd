from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.core import countries
from marketplace.payouts.models import Payout

register = template.Library()
register.filter("country_name", countries.country_name)

FOR_SELLERS: dict[str, str | Promise] = {
    Payout.Status.PROPOSED: _("being checked"),
    Payout.Status.APPROVED: _("about to leave"),
    Payout.Status.UNKNOWN: _("on its way; being confirmed"),
}


@register.filter
def seller_status(payout: Any) -> str:
    """A payout's state as its seller reads it: what we do inside is none of their worry."""
    return str(FOR_SELLERS.get(payout.status) or Payout.Status(payout.status).label)


@register.filter
def status_words(row: Any) -> str:
    """The words for a row's state: state machines keep their choices in `Status`, not on the column."""
    return str(row.Status(row.status).label)
