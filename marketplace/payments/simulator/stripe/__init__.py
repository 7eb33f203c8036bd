"""Stripe: Checkout Sessions with a hosted page, and the payment intents, charges, refunds and events behind them."""
