"""Secrets at rest: found by a keyed hash, shown again by decryption. A database leak alone reveals neither."""

import hashlib
import hmac

from cryptography.fernet import Fernet, MultiFernet

from marketplace.core import conf


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in conf.field_keys()])


def encrypt(text: str) -> str:
    """Encrypt with the newest field key (Fernet: AES-128-CBC and HMAC-SHA256)."""
    return _box().encrypt(text.encode()).decode()


def decrypt(ciphertext: str) -> str:
    """Decrypt with whichever field key fits. Raises `cryptography.fernet.InvalidToken`."""
    return _box().decrypt(ciphertext.encode()).decode()


def lookup_hash(text: str, *, purpose: str) -> str:
    """HMAC-SHA256 (hex) of a secret, bound to what it is for, so that equal secrets of two kinds never meet."""
    return hmac.new(conf.lookup_key(), f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()
