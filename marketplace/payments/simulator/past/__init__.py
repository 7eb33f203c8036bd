"""What happened before this simulator began: told in one order, believed with its own times, told to nobody."""

from .order import FIELDS, remember

__all__ = ["FIELDS", "remember"]
