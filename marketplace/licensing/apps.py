from django.apps import AppConfig


class LicensingConfig(AppConfig):
    name = "marketplace.licensing"
    label = "licensing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from marketplace.licensing import checks, fulfillment  # noqa: F401 (they register themselves)
