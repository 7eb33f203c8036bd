from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "marketplace.events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from marketplace.catalog.policy import OfferRowPolicy
        from marketplace.catalog.presentation import showcase
        from marketplace.events import handlers, panels, signals  # noqa: F401 (handlers register themselves)
        from marketplace.events.models import TicketType, Venue
        from marketplace.events.presentation.show import Events
        from marketplace.sellers.policy import SellerOwnedPolicy

        register_permission_policy(Venue, SellerOwnedPolicy(Venue, "seller", shared=True))
        register_permission_policy(TicketType, OfferRowPolicy(TicketType, "offer__seller"))
        signals.connect()
        panels.dress()
        showcase.register(Events())
