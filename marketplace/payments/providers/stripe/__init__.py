"""Stripe (Checkout Sessions)."""

from marketplace.payments.providers.stripe.provider import StripeProvider

__all__ = ["StripeProvider"]
