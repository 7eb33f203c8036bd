from django.apps import AppConfig


class CommerceConfig(AppConfig):
    name = "marketplace.commerce"
    label = "commerce"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from marketplace.commerce import accounts, checks, handlers, payable  # noqa: F401 (they register themselves)

        accounts.listen()
