from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "marketplace.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from marketplace.payments import checks, handlers, sealed  # noqa: F401 - proves; listens; seals its histories
        from marketplace.payments.disbursements import checks as proofs  # noqa: F401 - proves
        from marketplace.payments.disbursements import handlers as sending  # noqa: F401 - listens
        from marketplace.payments.messages import (  # noqa: F401 - think about messages
            b2c,
            balances,
            paybill,
            reversals,
            stripe_disputes,
            stripe_refunds,
            stripe_transfers,
        )
        from marketplace.payments.risk import handlers as looking  # noqa: F401 - listens
