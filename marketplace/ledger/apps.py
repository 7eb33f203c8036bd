from django.apps import AppConfig
from django.db.models.signals import post_migrate


class LedgerConfig(AppConfig):
    name = "marketplace.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from marketplace.ledger import book_checks, sealed, triggers  # noqa: F401 - registers checks, and seals

        post_migrate.connect(triggers.install, sender=self, dispatch_uid="ledger.triggers")
