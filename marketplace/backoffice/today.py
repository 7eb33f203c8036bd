"""The first thing one sees in the admin: what was sold today, and what waits for a person. At most seven queries."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.ui.components import Component

from marketplace.commerce.models import OrderLine, OrderReview
from marketplace.core.models import OutboxEvent
from marketplace.core.money import Money
from marketplace.notifications.models import Message
from marketplace.notifications.selectors import open_alerts
from marketplace.payments.models import InboxMessage
from marketplace.sellers.policy import within_reach

Words = str | Promise


@dataclass(frozen=True)
class Figure:
    """One number, what it counts, where to look, and whether it should be zero."""

    number: Words
    words: Words
    url: str
    alarm: bool = False


def figures(user: Any) -> list[Figure]:
    """Only what the user may open."""
    return [*_sales(user), *(figure for figure in _waiting(user) if figure is not None)]


def _sales(user: Any) -> list[Figure]:
    if not user.has_perm("commerce.view_orderline"):
        return []
    lines = within_reach(user, OrderLine.objects.filter(order__paid_at__gte=_midnight()), "seller")
    free = Q(order__total_minor=0)
    sums = lines.values("order__currency").annotate(
        sum=Sum("total_minor"),
        paid=Count("order", distinct=True, filter=~free),
        free=Count("order", distinct=True, filter=free),
    )
    url, rows = reverse("sales_modeladmin_index"), list(sums.order_by("order__currency"))
    found = [
        Figure(str(Money(row["sum"], row["order__currency"])), _orders_today(row["paid"]), url)
        for row in rows
        if row["paid"]
    ]
    given_away = sum(row["free"] for row in rows)
    if given_away:
        words = ngettext("free order today", "free orders today", given_away)
        found.append(Figure(str(given_away), words, url))
    return found or [Figure("0", _("sold today"), url)]


def _orders_today(count: int) -> str:
    return ngettext("in %(count)d order today", "in %(count)d orders today", count) % {"count": count}


def _waiting(user: Any) -> list[Figure | None]:
    reviews = OrderReview.objects.filter(resolved_at=None)
    quarantined = InboxMessage.objects.filter(status=InboxMessage.Status.QUARANTINED)
    mails = Message.objects.filter(status=Message.Status.FAILED)
    facts = OutboxEvent.objects.filter(delivered_at=None).exclude(last_error="")
    return [
        _count(user, "commerce.view_order", reviews, _("payments to look at"), "orders?status=review"),
        _count(user, "payments.view_inboxmessage", quarantined, _("provider messages in quarantine"),
               "provider-messages?status=quarantined"),
        _count(user, "notifications.view_message", mails, _("mails that failed"), "mails?status=failed"),
        _alerts(user),
        _count(user, "core.view_outboxevent", facts, _("news that failed to arrive"), "news?delivery=failed"),
    ]  # fmt: skip


def _alerts(user: Any) -> Figure | None:
    if not user.has_perm("notifications.view_alert"):
        return None
    number = open_alerts().count()
    return Figure(str(number), _("open alerts"), reverse("proofs_desk"), alarm=number > 0)


def _count(user: Any, permission: str, rows: Any, words: Words, where: str) -> Figure | None:
    """`where` is a desk and the filter to open it with."""
    if not user.has_perm(permission):
        return None
    number, (desk, _mark, query) = rows.count(), where.partition("?")
    return Figure(str(number), words, f"{reverse(f'{desk}_modeladmin_index')}?{query}", alarm=number > 0)


def _midnight() -> dt.datetime:
    """When today began where the marketplace is at home."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


class TodayPanel(Component):
    name = "today"
    template_name = "pages/backoffice/today.html"
    order = 50

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"figures": figures(parent_context["request"].user)}
