"""Identifiers people read aloud, and secrets nobody guesses."""

import secrets
import uuid

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No 0/O, 1/I/L, U: what is left survives a phone call and spells nothing."""


def readable_code(length: int = 8) -> str:
    """A random code for people, e.g. an order code: 30**8 is 6.5e11 possibilities."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def token() -> str:
    """An unguessable URL token: 32 random bytes, 43 url-safe characters."""
    return secrets.token_urlsafe(32)


def opaque_id() -> uuid.UUID:
    """The id of an append-only row: says nothing about anyone."""
    return uuid.uuid4()
