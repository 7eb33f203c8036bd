from django.apps import AppConfig


class TicketingConfig(AppConfig):
    name = "marketplace.ticketing"
    label = "ticketing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from marketplace.ticketing import attachments, checks, fulfillment  # noqa: F401 (they register themselves)
