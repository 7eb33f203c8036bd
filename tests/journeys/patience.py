"""How long a journey waits for what shall come."""

PATIENCE = 180_000
"""Milliseconds: it costs time only where something fails."""
