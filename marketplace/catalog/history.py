"""The activity log of a row and of everything that hangs on it, in words."""

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.audit.models import LogEntry
from marketplace.commerce.models import OfferPool
from marketplace.core.money import Money
from marketplace.users.models import User

ACTIONS = {
    "offer.created": gettext_lazy("Offer made"),
    "offer.changed": gettext_lazy("Offer changed"),
    "pool.created": gettext_lazy("Stock made"),
    "pool.capacity_changed": gettext_lazy("Stock changed"),
    "ticket_type.created": gettext_lazy("Ticket type added"),
    "ticket_type.changed": gettext_lazy("Ticket type changed"),
    "license_plan.created": gettext_lazy("Plan added"),
    "license_plan.changed": gettext_lazy("Plan changed"),
}
FIELDS = {
    "price_minor": gettext_lazy("price"),
    "suggested_minor": gettext_lazy("suggested price"),
    "active": gettext_lazy("on sale"),
    "capacity": gettext_lazy("how many"),
    "pools": gettext_lazy("stock"),
    "sales_start": gettext_lazy("sales start"),
    "sales_end": gettext_lazy("sales end"),
    "min_per_order": gettext_lazy("at least per order"),
    "max_per_order": gettext_lazy("at most per order"),
    "title": gettext_lazy("title"),
    "name": gettext_lazy("name"),
    "description": gettext_lazy("description"),
    "pricing": gettext_lazy("pricing"),
    "currency": gettext_lazy("currency"),
    "hidden": gettext_lazy("hidden"),
}
MONEY = {"price_minor", "suggested_minor"}


def entries_of(row: Any) -> QuerySet[LogEntry]:
    """Newest first: of the row, its offer and the pools the offer draws on now.

    `who` names the person, if still known; `currency` is what amounts in the log are in.
    """
    pools = OfferPool.objects.filter(offer=row.offer_id).values_list("pool_id", flat=True)
    about = Q(target_type=row._meta.label_lower, target_id=str(row.pk))
    about |= Q(target_type="commerce.offer", target_id=str(row.offer_id))
    about |= Q(target_type="commerce.stockpool", target_id__in=[str(pk) for pk in pools])
    person = User.objects.filter(pk=OuterRef("actor_id"))
    rows = LogEntry.objects.filter(about).order_by("-at")
    return rows.annotate(who=Subquery(person.values("email")[:1]), currency=Value(row.offer.currency))


def told(entry: Any) -> SafeString:
    """One entry as a sentence with what changed."""
    lines = [
        (FIELDS.get(name, name), _shown(name, old, entry.currency), _shown(name, new, entry.currency))
        for name, old, new in _changes(entry.data)
    ]
    words = ACTIONS.get(entry.action, entry.action)
    items = format_html_join("", "<li>{}: {} → <b>{}</b></li>", lines)
    return format_html("{}<ul>{}</ul>", words, items) if lines else format_html("{}", words)


def _changes(data: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """(field, before, after). What a new offer began with is told by its price alone."""
    before, after = data.get("before"), data.get("after")
    if isinstance(after, dict):
        old = before if isinstance(before, dict) else {}
        return [(name, old.get(name), value) for name, value in after.items() if before or name == "price_minor"]
    if after is not None:
        return [("capacity", before, after)]
    return [("capacity", None, data["capacity"])] if "capacity" in data else []


def _shown(name: str, value: Any, currency: str) -> str:
    if value is None or value == "":
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in MONEY and isinstance(value, int):
        return str(Money(value, currency))
    moment = parse_datetime(value) if isinstance(value, str) and len(value) > 18 else None
    return date_format(localtime(moment), "j M Y, H:i") if moment else str(value)
