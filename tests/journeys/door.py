"""A door's check, written from docs/ticket-codes.md alone: base45 and the bare Ed25519 public key, none of our code."""

import base64
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def base45(text: str) -> bytes:
    """RFC 9285."""
    out = bytearray()
    for i in range(0, len(text), 3):
        digits = [ALPHABET.index(c) for c in text[i : i + 3]]
        number = sum(d * 45**k for k, d in enumerate(digits))
        out += number.to_bytes(2 if len(digits) == 3 else 1, "big")
    return bytes(out)


def verify(code: str, key_set: dict[str, Any]) -> bool:
    """Does a key of the published set vouch for this code?"""
    raw = base45(code)
    if len(raw) != 83 or raw[0] != 1:
        return False
    keys = {key["kid"]: key["x"] for key in key_set["keys"]}
    public = base64.urlsafe_b64decode(keys[raw[1:5].hex()] + "==")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(raw[19:], b"sokoni ticket\x00" + raw[:19])
    except InvalidSignature:
        return False
    return True
