"""Safaricom Daraja: OAuth, STK push and query, C2B, B2C, reversal, transaction status, account balance."""
