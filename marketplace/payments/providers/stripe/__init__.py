"""Stripe (Checkout Sessions)."""
