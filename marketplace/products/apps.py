from django.apps import AppConfig


class ProductsConfig(AppConfig):
    name = "marketplace.products"
    label = "products"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from marketplace.catalog.policy import OfferRowPolicy
        from marketplace.catalog.presentation import showcase
        from marketplace.products import panels, signals
        from marketplace.products.models import LicensePlan
        from marketplace.products.presentation.show import Products

        register_permission_policy(LicensePlan, OfferRowPolicy(LicensePlan, "offer__seller"))
        signals.connect()
        panels.dress()
        showcase.register(Products())
