from django.apps import AppConfig


class CommerceConfig(AppConfig):
    name = "marketplace.commerce"
    label = "commerce"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from marketplace.commerce import accounts, handlers  # noqa: F401 (registers the outbox handlers)

        accounts.listen()
