"""Safaricom Daraja: OAuth, STK push and query, C2B."""
