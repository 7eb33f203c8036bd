"""The payment simulator: Stripe and Safaricom Daraja on loopback, as strict as the real ones.

A program of its own (`python -m marketplace.payments.simulator`). Nothing imports it and it imports nothing of the
marketplace: the site reaches it by base URL and keys alone, so the code that runs against it is production's.
README.md beside this file says what is simulated, what is assumed, and how tests drive it.
"""
