"""What the machinery did and could not do: mails, news between rooms, the activity log."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from marketplace.audit.models import LogEntry
from marketplace.backoffice.desks.actions import ActingDesk, Action
from marketplace.backoffice.desks.base import Desk, when
from marketplace.backoffice.desks.filters import STATUS, Delivery, by_choice
from marketplace.backoffice.services import deliver_again, send_again
from marketplace.core.logs import masked
from marketplace.core.models import OutboxEvent
from marketplace.notifications.models import Message, MessageStatus


def _send_again(row: Message, actor_id: int | None) -> Any:
    send_again(message_id=row.pk, actor_id=actor_id)
    return _("It is on its way again.")


def _deliver_again(row: OutboxEvent, actor_id: int | None) -> Any:
    deliver_again(event_id=row.pk, actor_id=actor_id)
    return _("It is being delivered again.")


class MailDesk(ActingDesk):
    """Mails as they were written. Letters about accounts open accounts: only their reader sees what they say."""

    model = Message
    base_url_path = "mails"
    menu_label = _("Mails")
    menu_icon = "mail"
    list_display = ("subject", "to", "template", "state", "attempts", "created", "sent")
    list_filter = (by_choice("status", MessageStatus, STATUS), "template", "created_at")
    ordering = ("-created_at", "-pk")
    search_hint = _("Address, subject or key")
    search_fields = ("to", "subject", "key")
    inspect_template_name = "pages/backoffice/mail.html"
    actions = (Action("again", _("Send again"), lambda row: row.status == MessageStatus.FAILED, _send_again),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("html", "text")

    def title_of(self, row: Message) -> str:
        return row.subject

    def describe(self, row: Message, user: Any) -> dict[str, Any]:
        private = row.template.startswith("account")
        return {**super().describe(row, user), "private": private, "text": "" if private else masked(row.text)}

    @admin.display(description=STATUS, ordering="status")
    def state(self, row: Message) -> str:
        return str(MessageStatus(row.status).label)

    @admin.display(description=_("written"), ordering="created_at")
    def created(self, row: Any) -> str:
        return when(row.created_at)

    @admin.display(description=_("sent"), ordering="sent_at")
    def sent(self, row: Any) -> str:
        return when(row.sent_at)


class OutboxDesk(ActingDesk):
    """News between rooms, what failed to arrive first."""

    model = OutboxEvent
    base_url_path = "news"
    menu_label = _("News between rooms")
    menu_icon = "rotate"
    list_display = ("topic", "handler", "state", "attempts", "created", "due", "delivered")
    list_filter = (Delivery, "topic", "created_at")
    search_hint = _("Topic, handler, error or what is said")
    search_fields = ("topic", "handler", "last_error", "payload")
    inspect_template_name = "pages/backoffice/fact.html"
    actions = (
        Action("again", _("Deliver again"), lambda row: bool(row.last_error and not row.delivered_at), _deliver_again),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        failed = Case(When(delivered_at=None, attempts__gt=0, then=Value(0)), default=Value(1))
        return super().get_queryset(request).order_by(failed, "-pk")

    @admin.display(description=STATUS, ordering="delivered_at")
    def state(self, row: OutboxEvent) -> Any:
        if row.delivered_at:
            return _("delivered")
        return _("failed") if row.last_error else _("waiting")

    @admin.display(description=_("stated"), ordering="created_at")
    def created(self, row: Any) -> str:
        return when(row.created_at)

    @admin.display(description=_("due"), ordering="due_at")
    def due(self, row: Any) -> str:
        return when(row.due_at)

    @admin.display(description=_("delivered"), ordering="delivered_at")
    def delivered(self, row: Any) -> str:
        return when(row.delivered_at)


class LogDesk(Desk):
    """Who did what to which row."""

    model = LogEntry
    base_url_path = "activity"
    menu_label = _("Activity log")
    menu_icon = "history"
    list_display = ("action", "moment", "actor", "target_type", "target_id")
    list_filter = ("action", "target_type", "at")
    list_export = ("at", "action", "actor_id", "target_type", "target_id", "data")
    ordering = ("-at", "-pk")
    search_hint = _("What was done, or the row's number")
    search_fields = ("action", "target_id")
    inspect_template_name = "pages/backoffice/log_entry.html"
    export_filename = "activity"

    def describe(self, row: LogEntry, user: Any) -> dict[str, Any]:
        return {"who": self.actor(row)}

    @admin.display(description=_("when"), ordering="at")
    def moment(self, row: LogEntry) -> str:
        return when(row.at)

    @admin.display(description=_("who"), ordering="actor_id")
    def actor(self, row: LogEntry) -> Any:
        return _("the system") if row.actor_id is None else f"#{row.actor_id}"
